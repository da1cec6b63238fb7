import { createWriteStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { openOneWay } from './fifo';

/** Opens a FIFO, which waits for its reader, or a device. Throws file system errors, and the signal's reason. */
export async function openSpecial(path: string, signal?: AbortSignal): Promise<Writable> {
  const fd = await openOneWay(path, 'write', signal);
  // A write to a full FIFO can be given up by a socket; that of a file holds the process until somebody reads.
  const stream = fstatSync(fd).isFIFO()
    ? new Socket({ fd, readable: false, writable: true })
    : createWriteStream(path, { fd });
  return stream.on('error', () => undefined); // Given to each write too.
}

/** Ends a stream and waits until it is closed; on abort without what it still holds. */
export async function closeSpecial(stream: Writable, signal?: AbortSignal): Promise<void> {
  if (stream.closed) return;
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  if (signal?.aborted || stream.errored) stream.destroy();
  else stream.end();
  await closed;
}
