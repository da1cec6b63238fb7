import { stat } from 'node:fs/promises';
import { bytesText, ok, type Digest, type Result } from '@image-tooling/model';
import type { Store, StoreFile } from '@image-tooling/oci';
import type { Inventory } from '../inventory';
import type { StoreRun } from '../run';
import { damage, type Damage } from './damage';

/** Hashes every blob again. Ignores blobs that are removed during that. Fails with `aborted` or `io`. */
export async function damagedBlobs(
  { store, context }: StoreRun,
  inventory: Inventory,
  nameOf: (digest: Digest) => string,
): Promise<Result<Damage[]>> {
  const blobs = inventory.files.filter(({ kind }) => kind === 'blob');
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  const step = context.progress.step('verify: hash every blob');
  const found: Damage[] = [];
  let bytes = 0;
  for (const [at, blob] of blobs.entries()) {
    step.status(`${at} of ${blobs.length}, ${bytesText(bytes)} of ${bytesText(total)}`);
    const verified = await store.verifyBlob(blob.digest, context.signal);
    bytes += blob.size;
    if (verified.ok) continue;
    const [failure] = verified.failures;
    if (failure.code !== 'store-corrupt') {
      step.failed();
      return verified;
    }
    if (await isThere(store.blobPath(blob.digest)))
      found.push(
        damage(
          `${nameOf(blob.digest)} is damaged: its ${bytesText(blob.size)} have another hash.`,
          [blob, ...leadingTo(inventory, blob, store)],
          [failure.message],
        ),
      );
  }
  step.done({ origin: 'ran', bytes: total });
  return ok(found);
}

/** Returns the records and manifests that refer to a blob. */
function leadingTo({ builds, images }: Inventory, { digest }: StoreFile, store: Store): { path: string }[] {
  const records = builds.filter(({ layer }) => layer?.digest === digest).map(({ file }) => file);
  const having = images.filter(
    (image) => image.config === digest || image.layers.some((layer) => layer.digest === digest),
  );
  return [...records, ...having.map((image) => ({ path: store.blobPath(image.digest) }))];
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
