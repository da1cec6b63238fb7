import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';

/**
 * Writes a file whole or not at all: a temporary neighbour, fsync, rename. Makes the folder.
 * `mode` is that of open(2): the umask applies.
 * Fails with `disk-full` or `io`; the old content, if any, is then untouched.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  mode = 0o666,
): Promise<Result<void>> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return ok(undefined);
  } catch (error) {
    await rm(temporary, { force: true });
    return fail(ioFailure(error, path));
  }
}

/** A file system error as a failure: `disk-full` for ENOSPC and EDQUOT, else `io`. Bugs are thrown on. */
export function ioFailure(error: unknown, path: string): Failure {
  if (!isErrno(error)) throw error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    return {
      code: 'disk-full',
      message: `No space left while writing ${path}.`,
      hint: 'Free space there, or set IMAGE_STORE to a folder on a larger disk.',
    };
  if (error.code === 'EPIPE')
    return { code: 'io', message: `The program that reads ${path} stopped reading.` };
  return { code: 'io', message: `${path}: ${error.message}` };
}

export function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}
