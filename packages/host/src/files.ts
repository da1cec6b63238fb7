import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure } from '@image-tooling/model';
import { fail, ok, type Result } from '@image-tooling/model/result';

/**
 * Writes a file atomically: temporary file, fsync, rename. Creates the folder. `mode` is that of open(2): the umask
 * applies. Fails with `disk-full` or `io` and keeps the old content.
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

/** Returns a name for a temporary file or folder next to `path`, which is renamed to it when it is complete. */
export function temporaryNeighbour(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
}

/** Renames a file or folder. Returns whether it was there. Throws file system errors. */
export async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (!isErrno(error) || error.code !== 'ENOENT') throw error;
    return false;
  }
}

/** Removes the remains of failed work. Ignores errors: the first error is reported. */
export async function discard(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

/** Removes files of a folder that are older than `ms` milliseconds: what killed processes left. Never fails. */
export async function removeOldFiles(folder: string, ms: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() && Date.now() - found.mtimeMs > ms) await discard(path);
  }
}

/** Returns the bytes that this user may still write to the disk of a folder, without quotas; undefined: unknown. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  const disk = await statfs(folder).catch(() => undefined);
  return disk && disk.bavail * disk.bsize;
}

/**
 * Creates a folder and its parents; keeps an existing one. Node's recursive mkdir never ends for names that can't
 * exist (/proc/x). Throws file system errors.
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
 * Turns a file system error into a failure that names `path`: `disk-full` for ENOSPC and EDQUOT, else `io`. Rethrows
 * other errors, which are bugs.
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
  ENOSPC: 'Free space on that disk, or write to another one.',
  EDQUOT: 'Your disk quota is used up: remove files, or write to another disk.',
  EROFS: 'That disk is mounted read-only: write to another place.',
  EACCES: 'Give your user access to it, or write to another place.',
  EPERM: 'Give your user access to it, or write to another place.',
  EISDIR: 'There is a folder in place of the file: remove it, or write to another place.',
  ENOTDIR: 'There is a file in place of a parent folder: remove it, or write to another place.',
  EEXIST: 'There is something else in its place: remove it, or write to another place.',
  EMFILE: 'This process has too low a limit of open files: raise it, for example with "ulimit -n 4096".',
  ENFILE: 'This machine has too many files open: end programs, or raise fs.file-max.',
};

/** Returns the failure for a program that ran out of space in `path` while `doing` something. */
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
