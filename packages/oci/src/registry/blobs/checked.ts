import { Fault } from '@image-tooling/host';
import type { Descriptor } from '../../image/manifest';
import { HashedStream } from '@image-tooling/layer';

/** A blob as it was asked for, and who gives it: `registry.example/team/name`, or a folder. */
export type Wanted = Pick<Descriptor, 'digest' | 'size'> & { readonly from: string };

/** A stream that ends with a `Fault` (`checksum`) where it is not what its digest says. */
export async function* checked(
  source: AsyncIterable<Uint8Array>,
  wanted: Wanted,
): AsyncGenerator<Uint8Array> {
  const stream = new HashedStream(source);
  yield* stream;
  const found = stream.digest();
  if (found !== wanted.digest) throw wrongBytes(wanted, `they hash to ${found}`);
}

/** Who served wrong bytes for which blob, and what to do. `how`: "they hash to sha256:…". */
export function wrongBytes({ from, digest, size }: Wanted, how: string): Fault {
  return new Fault({
    code: 'checksum',
    message: `${from} gave wrong bytes for the blob ${digest}. Nothing of it was kept, nothing tagged.`,
    hint: 'Look at what stands between here and there: a proxy, a mirror. If the copy there is damaged (a disk), delete the blob or the image there and push it again: what is there is not sent anew.',
    details: [`expected ${size} bytes that hash to ${digest}`, how],
  });
}
