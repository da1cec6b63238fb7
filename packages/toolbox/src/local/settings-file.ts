import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readRegularFile, writeFileAtomic } from '@image-tooling/host';
import { fail, failWith, ok, syntaxFailures, type Result } from '@image-tooling/model';

export const SETTINGS_FILE = 'toolbox.json';

/** A toolbox.json: an object of strings, since the script of a call reads it too. */
export interface SettingsFile {
  readonly image?: string;
  readonly version?: string;
  readonly digest?: string;
  readonly [key: string]: string | undefined;
}

/**
 * Reads a toolbox.json; an object without keys if there is no such file. Fails with `json-syntax`, `schema`, `io` or
 * `too-large`.
 */
export async function readSettingsFile(path: string): Promise<Result<SettingsFile>> {
  const read = await readRegularFile(path, MOST_BYTES);
  if (!read.ok || read.value === undefined) return read.ok ? ok({}) : read;
  const text = read.value.toString();
  try {
    return checked(JSON.parse(text), path);
  } catch {
    return failWith(syntaxFailures(path, text));
  }
}

/** Far more than an object of five names. */
const MOST_BYTES = 1024 ** 2;

function checked(value: unknown, path: string): Result<SettingsFile> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject && Object.values(value).every((one) => typeof one === 'string'))
    return ok(value as SettingsFile);
  return fail({ code: 'schema', message: `${path} must be an object of strings.` });
}

/** Writes a toolbox.json, with the keys in their usual order. Fails with `io`, `disk-full`. */
export async function writeSettingsFile(path: string, settings: SettingsFile): Promise<Result<void>> {
  const { $schema, image, version, digest, ...rest } = settings;
  const text = JSON.stringify({ $schema, image, version, digest, ...rest }, null, 2);
  return writeFileAtomic(path, `${text}\n`);
}

/** Returns the path of the toolbox.json that applies in a folder: the nearest one upwards. */
export async function findSettingsFile(folder: string): Promise<string | undefined> {
  const path = join(folder, SETTINGS_FILE);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return path;
  return dirname(folder) === folder ? undefined : findSettingsFile(dirname(folder));
}
