import type { Descriptor } from '../../image/manifest';
import type { Store } from '../../store/store';
import type { LocalBlob } from '../port';

/** Returns a blob of the store that can be pushed. Reading it throws a `Fault` with `store-corrupt`. */
export function storedBlob(store: Store, { digest, size }: Pick<Descriptor, 'digest' | 'size'>): LocalBlob {
  return {
    digest,
    size,
    open: () => store.blobPieces(digest),
    openUnhashed: () => store.unhashedBlobPieces(digest),
  };
}
