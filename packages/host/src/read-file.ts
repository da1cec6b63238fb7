import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { ioFailure, isErrno } from './files';

/**
 * Reads a file of at most `most` bytes. Throws file system errors: also EISDIR for a folder, ENXIO for a pipe, socket
 * or device, EFBIG for a larger file. Never waits, as reading a pipe without a writer would.
 */
export async function readWithin(path: string, most: number): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw systemError('EISDIR', 'it is a folder');
    if (!stats.isFile()) throw systemError('ENXIO', 'it is a pipe, a socket or a device');
    if (stats.size > most)
      throw systemError('EFBIG', `it has ${stats.size} bytes, and at most ${most} are read`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * Reads a file of at most `most` bytes, as `readWithin` does; undefined if missing. Fails with `io` if it can't
 * be read, with `too-large` if it is larger.
 */
export async function readRegularFile(path: string, most: number): Promise<Result<Buffer | undefined>> {
  try {
    return ok(await readWithin(path, most));
  } catch (error) {
    return isErrno(error) && error.code === 'ENOENT' ? ok(undefined) : fail(unreadFailure(error, path));
  }
}

/** Turns an error of `readWithin` into a failure. Rethrows other errors, which are bugs. */
export function unreadFailure(error: unknown, path: string): Failure {
  const failure = ioFailure(error, path);
  const { code, message } = error as NodeJS.ErrnoException;
  return {
    code: code === 'EFBIG' ? 'too-large' : failure.code,
    message: `${path} can't be read: ${READ_WORDS[code ?? ''] ?? message}.`,
    hint: READ_HINTS[code ?? ''] ?? 'Put the right file there, or remove what is there.',
    place: { file: path },
  };
}

const READ_WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'it is a symbolic link to itself',
  ENOTDIR: 'a parent folder is a file',
};

const MAY_READ =
  'Make it readable for this user: "ls -l" shows its permissions, chown and chmod change them.';
const READ_HINTS: Readonly<Record<string, string>> = { EACCES: MAY_READ, EPERM: MAY_READ };

function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
