import type { Digest } from '@image-tooling/model';
import { Fault } from '../../fault';
import { HashedStream } from '../../layer/hashed-stream';

/** A stream that ends with a `Fault` (`checksum`) where it is not what its digest says. `where`: who gave it. */
export async function* checked(
  source: AsyncIterable<Uint8Array>,
  expected: Digest,
  where: string,
): AsyncGenerator<Uint8Array> {
  const stream = new HashedStream(source);
  yield* stream;
  const found = stream.digest();
  if (found !== expected) throw alteredBlob(expected, found, where);
}

function alteredBlob(expected: Digest, found: Digest, where: string): Fault {
  return new Fault({
    code: 'checksum',
    message: `A blob of ${where} was altered on its way, or there.`,
    hint: 'It was not used. Try again; where it comes again, publish the image again.',
    details: [`expected ${expected}`, `received ${found}`],
  });
}
