import { Fault } from '@image-tooling/host';
import type { Descriptor } from '../../image/manifest';
import { HashedStream } from '@image-tooling/layer/hashed-stream';

/** The requested blob, and its source: `registry.example/team/name`, or a folder. */
export type Wanted = Pick<Descriptor, 'digest' | 'size'> & { readonly from: string };

/** Returns a stream that ends with a `Fault` (`checksum`) if its bytes don't match the digest. */
export async function* checked(
  source: AsyncIterable<Uint8Array>,
  wanted: Wanted,
): AsyncGenerator<Uint8Array> {
  const stream = new HashedStream(source);
  yield* stream;
  const found = stream.digest();
  if (found !== wanted.digest) throw wrongBytes(wanted, `they hash to ${found}`);
}

/** Returns the failure for a blob that is not there. */
export function missingBlob({ from, digest }: Wanted): Fault {
  return new Fault({
    code: 'gone',
    message: `${from} has no blob ${digest}.`,
    hint: 'The registry lost or deleted it: publish the image again.',
  });
}

/** Returns the failure for a blob with wrong bytes. `how`: "they hash to sha256:…". */
export function wrongBytes({ from, digest, size }: Wanted, how: string): Fault {
  return new Fault({
    code: 'checksum',
    message: `${from} gave wrong bytes for the blob ${digest}. Nothing was kept or tagged.`,
    hint: 'A proxy or mirror on the way may change it: check it. If the copy in the registry is damaged, delete the blob or the image there and push it again: a blob that is there is not sent again.',
    details: [`expected ${size} bytes that hash to ${digest}`, how],
  });
}
