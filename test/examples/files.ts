import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';

export const DOCS = resolve(import.meta.dirname, '../../docs');

/** Returns the text of a file of the documentation. */
export const textOf = (file: string): Promise<string> => readFile(join(DOCS, file), 'utf8');

/** Reads a file with one YAML document. Throws where it is no YAML. */
export async function yamlOf<T>(file: string): Promise<T> {
  const document = parseDocument(await textOf(file), { merge: false });
  if (document.errors[0]) throw document.errors[0];
  return document.toJS() as T;
}
