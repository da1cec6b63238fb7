import { readFile } from 'node:fs/promises';
import { isErrno } from '@image-tooling/host';
import { fail, failWith, ok, readDocument, syntaxFailures, type Result } from '@image-tooling/model';
import type { ConfigFile } from './config-files';
import { objectIn, type Fields } from './fields';

/**
 * The content of a file with credentials; undefined where there is none. Fails with `json-syntax`, or `registry-auth`
 * where it can't be read. No failure shows a line of it.
 */
export async function readConfig({ path, namedBy }: ConfigFile): Promise<Result<Fields | undefined>> {
  try {
    return parsed(path, await readFile(path, 'utf8'));
  } catch (error) {
    if (!isErrno(error)) throw error;
    const isAbsent = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    if (isAbsent && namedBy === undefined) return ok(undefined);
    return fail({
      code: 'registry-auth',
      message: `The credentials in ${path} can't be read: ${isAbsent ? 'there is no such file' : error.code}.`,
      hint:
        namedBy === undefined
          ? 'Let this user read it, or set DOCKER_CONFIG to another folder.'
          : `${namedBy} names it: log in with it, or unset the variable.`,
      place: { file: path },
    });
  }
}

function parsed(path: string, text: string): Result<Fields | undefined> {
  if (text.trim() === '') return ok(undefined);
  try {
    return ok(objectIn(JSON.parse(text)));
  } catch {
    // The excerpt is left out: passwords may stand around the fault.
    return failWith(
      syntaxFailures(readDocument(path, text)).map(({ place, ...failure }) => ({
        ...failure,
        place: { file: path, line: place?.line, column: place?.column },
      })),
    );
  }
}
