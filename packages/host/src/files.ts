import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failure } from '@image-tooling/model';
import { fail, ok, type Result } from '@image-tooling/model/result';

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
  const temporary = temporaryNeighbour(path);
  try {
    await makeFolder(dirname(path));
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
    await discard(temporary);
    return fail(ioFailure(error, path));
  }
}

/** Returns a name for a temporary file or folder next to `path`, which is renamed to it when it is whole. */
export function temporaryNeighbour(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
}

/** Removes what an error left, as far as it can be removed: what is reported is the error. */
export async function discard(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

/**
 * Makes a folder and those above it; one that is there is left as it is. Node's own way never ends where the system
 * denies that there is such a name at all (/proc/x). Throws file system errors.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    if (!isErrno(error) || error.code !== 'ENOENT') throw error;
    if (!(await isFolder(dirname(path)))) await makeFolder(dirname(path));
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  await mkdir(path).catch(async (error: unknown) => {
    if (!isErrno(error) || error.code !== 'EEXIST' || !(await isFolder(path))) throw error;
  });
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/**
 * Turns a file system error into a failure that names `path`: `disk-full` for ENOSPC and EDQUOT, else `io`. Errors of
 * other kinds are bugs, and thrown on.
 */
export function ioFailure(error: unknown, path: string): Failure {
  if (!isErrno(error)) throw error;
  const { code, message } = error;
  const hint = HINTS[code ?? ''];
  return {
    ...(FULL.test(code ?? '')
      ? { code: 'disk-full', message: `No space left while writing ${path}.` }
      : { code: 'io', message: code === 'EPIPE' ? stoppedReading(path) : `${path}: ${message}` }),
    ...(hint !== undefined && { hint }),
    path,
  };
}

const FULL = /^(ENOSPC|EDQUOT)$/;

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Free space on the disk that it is on, or write to another disk.',
  EDQUOT: 'Your disk quota there is used up: remove files, or write to another disk.',
  EROFS: 'That disk is mounted read-only: write to another place.',
  EACCES: 'Give your user access to it, or write to another place.',
  EPERM: 'Give your user access to it, or write to another place.',
  EISDIR: 'A folder is in place of the file: remove it, or write to another place.',
  ENOTDIR: 'A file is in place of a folder on the way: remove it, or write to another place.',
  EEXIST: 'Something else is in its place: remove it, or write to another place.',
  EMFILE: 'This process may open too few files: raise the limit, for example with "ulimit -n 4096".',
  ENFILE: 'This machine has too many files open: end programs, or raise fs.file-max.',
};

/** A program that we started ran out of space in `path` while it was `doing` something. */
export function fullDisk(doing: string, path: string, details: readonly string[]): Failure {
  return {
    code: 'disk-full',
    message: `No space left in ${path} while ${doing}.`,
    ...(HINTS['ENOSPC'] !== undefined && { hint: HINTS['ENOSPC'] }),
    details,
    path,
  };
}

function stoppedReading(path: string): string {
  return `The program that reads ${path} stopped reading.`;
}

export function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}
