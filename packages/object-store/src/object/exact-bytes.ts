import { Fault } from '@image-tooling/host';
import type { NewObject } from './port';

/** Yields the bytes of an object. Throws a `Fault` with `truncated` unless they are as many as its size says. */
export async function* exactBytes(object: NewObject, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const piece of object.open()) {
    checkStopped(signal);
    read += piece.byteLength;
    if (read > object.size) break;
    yield piece;
  }
  if (read !== object.size) throw wrongSize(object.size, read);
}

/** Throws a `Fault` with `aborted` if the signal was aborted. */
export function checkStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Fault({ code: 'aborted', message: 'Stopped while using a store.' });
}

function wrongSize(expected: number, read: number): Fault {
  const more = read > expected ? 'more' : `only ${read} bytes`;
  return new Fault({
    code: 'truncated',
    message: `An object of ${expected} bytes was to be stored, but ${more} came.`,
  });
}
