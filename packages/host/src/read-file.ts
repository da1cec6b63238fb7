import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { ioFailure, isErrno } from './files';

/**
 * Reads a file of at most `most` bytes; undefined where there is none. Fails with `io` where it can't be read, or is a
 * folder, pipe, socket or device, and with `too-large`. Never waits: a pipe without a writer would make it.
 */
export async function readRegularFile(path: string, most: number): Promise<Result<Buffer | undefined>> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return fail(notAFile(path));
      return stats.size > most ? fail(tooLarge(path, stats.size, most)) : ok(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (error) {
    return isErrno(error) && error.code === 'ENOENT' ? ok(undefined) : fail(unreadable(error, path));
  }
}

function notAFile(path: string): Failure {
  const hint = 'Put a file there, or remove it.';
  return { code: 'io', message: `${path} is not a file.`, hint, place: { file: path } };
}

function tooLarge(path: string, size: number, most: number): Failure {
  return {
    code: 'too-large',
    message: `${path} has ${size} bytes; at most ${most} are read.`,
    hint: 'Put back the right file.',
    place: { file: path },
  };
}

function unreadable(error: unknown, path: string): Failure {
  const hint = 'Let this user read it (ls -l shows who may), or remove it.';
  return { hint, ...ioFailure(error, path), place: { file: path } };
}
