import { open } from 'node:fs/promises';

/**
 * Bytes of a buffer. More than a socket queues (64 KiB): so undici requests the next piece only when this one was sent.
 */
const PIECE = 512 * 1024;

/**
 * Yields a file's bytes in two buffers in turn: a piece is valid until the next but one is requested. New buffers for
 * each piece would be freed by the garbage collector long after they were sent, which is 50 MB for four uploads.
 */
export async function* reusedPieces(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    let [current, next] = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)];
    for (;;) {
      const { bytesRead } = await file.read(current, 0, PIECE, null);
      if (bytesRead === 0) return;
      yield current.subarray(0, bytesRead);
      [current, next] = [next, current];
    }
  } finally {
    await file.close();
  }
}
