import type { Readable } from 'node:stream';
import type { HttpAnswer } from './types';

const DISCARD_BYTES = 65_536;

/** Reads a small body to its end, so that its connection can be used again; ends a larger one. Never fails. */
export async function discardBody({ body }: Pick<HttpAnswer, 'body'>): Promise<void> {
  let size = 0;
  try {
    for await (const piece of body as Readable & AsyncIterable<Uint8Array>)
      if ((size += piece.byteLength) >= DISCARD_BYTES) break;
  } catch {
    // The connection is closed; the answer was not needed.
  }
}
