import type { Readable } from 'node:stream';
import { Fault } from '@image-tooling/host';
import type { RegistryAnswer } from '../send';

/** Reads all of a small answer. Throws a `Fault`: `too-large` beyond `limit` bytes, or the network error. */
export async function readAnswer(answer: RegistryAnswer, limit: number, purpose: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > limit) throw tooLarge(answer, limit, purpose);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Returns the first bytes of a body that should be small, and discards the rest. A network error ends it. */
export async function readStart(body: Readable, limit: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      pieces.push(piece);
      size += piece.byteLength;
      if (size >= limit) break;
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  return Buffer.concat(pieces).subarray(0, limit);
}

function tooLarge(answer: RegistryAnswer, limit: number, purpose: string): Fault {
  return new Fault({
    code: 'too-large',
    message: `Could not ${purpose}: ${answer.url.host} sends more than ${limit} bytes.`,
    hint: 'Check that this is the address of a registry, and that the reference is right.',
  });
}
