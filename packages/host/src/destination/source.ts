import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fail, ok, type Result } from '@image-tooling/model';
import { caught } from '../fault';
import { openOneWay } from './fifo';
import { STDOUT } from './find';

/** Standard input of a process or a test. */
export type StandardInput = Readable & { readonly isTTY?: boolean };

/** A readable source: regular files at any offset; standard input and FIFOs only once, from start to end. */
export type Source =
  | { readonly kind: 'file' | 'fifo'; readonly path: string }
  | { readonly kind: 'stdin'; readonly stream: StandardInput };

/** Returns the source that a user named; `-` is standard input. Fails with `usage`. */
export async function findSource(path: string, stdin: StandardInput): Promise<Result<Source>> {
  if (path === STDOUT) return stdin.isTTY ? terminal() : ok({ kind: 'stdin', stream: stdin });
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return ok({ kind: 'file', path });
  if (found?.isFIFO()) return ok({ kind: 'fifo', path });
  if (!found) return refused(`There is no file ${path}.`);
  return refused(`${path} is a ${found.isDirectory() ? 'folder' : 'device or socket'}, not a file.`);
}

/**
 * Copies a source that can be read only once to a new file. Fails with `disk-full`, `io` or `aborted`; the caller
 * removes the file.
 */
export async function copySource(
  from: Exclude<Source, { kind: 'file' }>,
  to: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  const copied = await caught(to, async () => {
    const stream = from.kind === 'stdin' ? from.stream : await openFifo(from.path, signal);
    await pipeline(stream, createWriteStream(to, { flags: 'wx' }), { signal });
  });
  return signal.aborted && !copied.ok
    ? fail({ code: 'aborted', message: 'Stopped while reading an archive.' })
    : copied;
}

/** Opened as a socket, whose read can be cancelled: a read as a file would block the process until data comes. */
async function openFifo(path: string, signal: AbortSignal): Promise<Readable> {
  const fd = await openOneWay(path, 'read', signal);
  return new Socket({ fd, readable: true, writable: false });
}

function refused(message: string): Result<never> {
  return fail({ code: 'usage', message, hint: 'Name a file, a FIFO, or - for standard input.' });
}

function terminal(): Result<never> {
  return fail({
    code: 'usage',
    message: 'Standard input is a terminal: there is no archive to read.',
    hint: 'Send the archive to it: … < file.tar',
  });
}
