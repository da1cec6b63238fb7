import { createWriteStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { openOneWay } from './fifo';

/** Opens a FIFO, which waits for its reader, or a device. Throws file system errors, and the signal's reason. */
export async function openSpecial(path: string, signal?: AbortSignal): Promise<Writable> {
  const fd = await openOneWay(path, 'write', signal);
  // Opened as a socket, whose write can be cancelled: a write as a file would block the process until it is read.
  const stream = fstatSync(fd).isFIFO()
    ? new Socket({ fd, readable: false, writable: true })
    : createWriteStream(path, { fd });
  return stream.on('error', () => undefined); // Also passed to each write's callback.
}

/** Ends a stream and waits until it is closed; on abort, discards its buffer. */
export async function closeSpecial(stream: Writable, signal?: AbortSignal): Promise<void> {
  if (stream.closed) return;
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  if (signal?.aborted || stream.errored) stream.destroy();
  else stream.end();
  await closed;
}
