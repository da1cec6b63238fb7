import { ok, type Failure, type Result } from '@image-tooling/model';
import { takeInventory } from '../inventory';
import type { StoreRun } from '../run';
import { damagedBlobs } from './blobs';
import type { Damage } from './damage';
import { blobNames } from './names';
import { damagedRecords } from './records';

export interface VerifiedStore {
  readonly blobs: number;
  /** Bytes of all blobs. */
  readonly bytes: number;
  readonly records: number;
  /** All damages; repaired if requested. */
  readonly damages: readonly Failure[];
  /** Files that the repair removed. */
  readonly removed: number;
}

/**
 * Hashes every blob of the store again, and compares its records with them. `repair` removes what is damaged,
 * with the records that refer to it. Fails with `aborted` or `io`; damage is not a failure.
 */
export async function verifyStore(
  run: StoreRun,
  { repair }: { readonly repair: boolean },
): Promise<Result<VerifiedStore>> {
  const inventory = await takeInventory(run.store);
  const nameOf = await blobNames(run.store, inventory);
  const ofBlobs = await damagedBlobs(run, inventory, nameOf);
  if (!ofBlobs.ok) return ofBlobs;
  const damages = [...ofBlobs.value, ...(await damagedRecords(run.store, inventory, nameOf))];
  const removed = repair ? await removeDamaged(run, damages) : ok(0);
  if (!removed.ok) return removed;
  const blobs = inventory.files.filter(({ kind }) => kind === 'blob');
  return ok({
    blobs: blobs.length,
    bytes: blobs.reduce((sum, { size }) => sum + size, 0),
    records: inventory.files.length - blobs.length,
    damages: damages.map(({ failure }) => failure),
    removed: removed.value,
  });
}

async function removeDamaged({ store }: StoreRun, damages: readonly Damage[]): Promise<Result<number>> {
  // Referring files are removed first, so that an interrupted repair leaves no dangling reference.
  const first = damages.flatMap(({ files: [, ...leading] }) => leading);
  const last = damages.flatMap(({ files }) => files.slice(0, 1));
  const paths = new Set([...first, ...last].map(({ path }) => path));
  for (const path of paths) {
    const removed = await store.remove({ path, usedMs: Infinity });
    if (!removed.ok) return removed;
  }
  return ok(paths.size);
}
