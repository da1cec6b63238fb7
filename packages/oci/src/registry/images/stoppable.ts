import { Fault } from '@image-tooling/host';
import type { LocalBlob } from '../port';

/** Returns a blob that fails with `aborted` while it is sent, as soon as `isStopped` is true. */
export function stoppable(blob: LocalBlob, isStopped: () => boolean): LocalBlob {
  async function* checked(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      if (isStopped())
        throw new Fault({ code: 'aborted', message: 'Stopped, because another blob could not be pushed.' });
      yield piece;
    }
  }
  const { openUnhashed } = blob;
  return {
    ...blob,
    open: () => checked(blob.open()),
    ...(openUnhashed && { openUnhashed: () => checked(openUnhashed()) }),
  };
}
