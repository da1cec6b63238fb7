import { Fault } from '../../fault';
import type { RegistryAnswer } from '../transport';
import { discard as discardBody } from '../transport/answer-body';
import { streamFault } from './stream-fault';

/** Reads a small answer whole. Throws a `Fault`: `too-large` beyond `limit` bytes, or what broke it off. */
export async function readAnswer(answer: RegistryAnswer, limit: number, purpose: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > limit) throw tooLarge(answer, limit, purpose);
      pieces.push(piece);
    }
  } catch (error) {
    throw streamFault(error, purpose);
  }
  return Buffer.concat(pieces);
}

/** Lets an answer's body go, so that the connection can serve the next request. */
export function discard({ body }: RegistryAnswer): void {
  void discardBody(body);
}

function tooLarge(answer: RegistryAnswer, limit: number, purpose: string): Fault {
  return new Fault({
    code: 'too-large',
    message: `Could not ${purpose}: ${answer.url.host} sends more than ${limit} bytes.`,
    hint: 'Is this address a registry, and the reference right?',
  });
}
