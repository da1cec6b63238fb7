import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isErrno, writeFileAtomic } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';

export const SETTINGS_FILE = 'toolbox.json';

/** A toolbox.json: an object of strings, since the script of a call reads it too. */
export interface SettingsFile {
  readonly image?: string;
  readonly version?: string;
  readonly digest?: string;
  readonly [key: string]: string | undefined;
}

/** Reads a toolbox.json; an object without keys if there is no such file. Fails with `json-syntax`, `schema` or `io`. */
export async function readSettingsFile(path: string): Promise<Result<SettingsFile>> {
  const text = await textOf(path);
  if (!text.ok || text.value === undefined) return text.ok ? ok({}) : text;
  try {
    return checked(JSON.parse(text.value), path);
  } catch (error) {
    const message = `${path} is not JSON: ${(error as Error).message}`;
    return fail({ code: 'json-syntax', message, hint: 'Fix it, or remove it and run toolbox lock <image>.' });
  }
}

async function textOf(path: string): Promise<Result<string | undefined>> {
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return ok(undefined);
    return fail({ code: 'io', message: `${path} cannot be read: ${(error as Error).message}` });
  }
}

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
