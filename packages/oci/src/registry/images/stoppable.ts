import { Fault } from '@image-tooling/host';
import type { LocalBlob } from '../port';

/** A blob that is sent no further once `isStopped` says so: sending it then fails with `aborted`. */
export function stoppable(blob: LocalBlob, isStopped: () => boolean): LocalBlob {
  async function* checked(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      if (isStopped())
        throw new Fault({ code: 'aborted', message: 'Given up, since another blob could not be pushed.' });
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
