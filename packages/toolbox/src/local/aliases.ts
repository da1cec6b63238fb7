import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MARK } from '../script/text';

/** A file in the folder of aliases. */
export interface AliasFile {
  readonly name: string;
  readonly path: string;
  /** The version of toolbox that wrote it. */
  readonly version: string;
}

/** Returns the aliases in a folder, by name. Other files are left out. */
export async function aliasesIn(folder: string): Promise<AliasFile[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(names.sort().map(async (name) => aliasAt(folder, name)));
  return found.filter((alias) => alias !== undefined);
}

async function aliasAt(folder: string, name: string): Promise<AliasFile | undefined> {
  const path = join(folder, name);
  const version = await writtenBy(path);
  return version === undefined ? undefined : { name, path, version };
}

const BEGINNING_BYTES = 200;

/** Returns the version of toolbox that wrote a file; undefined if it did not write it, or there is no such file. */
export async function writtenBy(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
    const [, second = ''] = buffer.toString('utf8', 0, bytesRead).split('\n');
    return second.startsWith(MARK) ? /^ ([^\s;]+)/.exec(second.slice(MARK.length))?.[1] : undefined;
  } catch {
    return undefined; // a folder
  } finally {
    await file.close();
  }
}
