import { constants, open } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/**
 * Opens a named pipe for reading, whether it has a writer or not (fifo(7)). The stream ends when the last writer has
 * closed the pipe. Throws file system errors.
 */
export async function openNamedPipe(path: string): Promise<Readable> {
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}
