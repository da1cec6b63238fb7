import { dirname } from 'node:path';
import { isErrno, readWithin } from '@image-tooling/host';
import { fail, failWith, ok, syntaxFailures, type Failure, type Result } from '@image-tooling/model';
import type { ConfigFile } from './config-files';
import { isObject, type Fields } from './fields';
import { variableContent } from './config-variable';

/**
 * Returns the content of a file with credentials, or of the variable; undefined if there is no file. Fails with
 * `json-syntax`, or with `registry-auth` if it can't be read or is not a JSON object. No failure contains any of it.
 */
export async function readConfig(file: ConfigFile): Promise<Result<Fields | undefined>> {
  if (file.content !== undefined) return variableContent(file.path, file.content);
  try {
    return parsed(file.path, (await readWithin(file.path, MOST_BYTES)).toString());
  } catch (error) {
    if (!isErrno(error)) throw error;
    return isAbsent(file, error) ? ok(undefined) : fail(unreadable(file, error));
  }
}

/** Far more than the credentials of a thousand registries. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A folder without a file is normal: `docker login` writes it there. REGISTRY_AUTH_FILE names the file itself. */
function isAbsent({ namedBy }: ConfigFile, { code }: NodeJS.ErrnoException): boolean {
  if (namedBy === undefined) return code === 'ENOENT' || code === 'ENOTDIR';
  return namedBy === 'DOCKER_CONFIG' && code === 'ENOENT';
}

function unreadable(file: ConfigFile, error: NodeJS.ErrnoException): Failure {
  const { path, namedBy } = file;
  if (namedBy === 'DOCKER_CONFIG' && error.code === 'ENOTDIR') return namesFile(dirname(path));
  return {
    code: 'registry-auth',
    message: `The credentials in ${path} can't be read: ${WORDS[error.code ?? ''] ?? error.code}.`,
    hint:
      namedBy === 'REGISTRY_AUTH_FILE'
        ? 'REGISTRY_AUTH_FILE names it: log in with it, or unset the variable.'
        : 'Make it readable for this user, or set DOCKER_CONFIG to another folder.',
    place: { file: path },
  };
}

/** By error codes of Node (libuv) and of `readWithin`. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  ENXIO: 'it is a pipe, a socket or a device',
  EFBIG: 'it is larger than 16 MiB',
  ELOOP: 'it is a symbolic link to itself',
};

function namesFile(path: string): Failure {
  return {
    code: 'registry-auth',
    message: `DOCKER_CONFIG names ${path}, which is a file, not a folder.`,
    hint: `Name the folder that config.json is in, or name the file itself in REGISTRY_AUTH_FILE: REGISTRY_AUTH_FILE=${path}.`,
    place: { file: path },
  };
}

function parsed(path: string, text: string): Result<Fields | undefined> {
  if (text.trim() === '') return ok(undefined);
  try {
    const content: unknown = JSON.parse(text);
    return isObject(content) ? ok(content) : fail(noObject(path));
  } catch {
    // No excerpt: there may be passwords next to the syntax error.
    return failWith(
      syntaxFailures(path, text).map(({ place, ...failure }) => ({
        ...failure,
        place: { file: path, line: place?.line, column: place?.column },
      })),
    );
  }
}

function noObject(path: string): Failure {
  return {
    code: 'registry-auth',
    message: `The credentials in ${path} are not in docker's format: they are JSON, but not an object.`,
    hint: 'It should begin with {"auths": {"registry.example": {"auth": …. "docker login" writes such a file.',
    place: { file: path },
  };
}
