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
  /** All that is wrong; repaired where that was asked for. */
  readonly damages: readonly Failure[];
  /** Files that the repair removed. */
  readonly removed: number;
}

/**
 * Hashes every blob of the store again, and holds its records against them. `repair` removes what is damaged, with
 * the records that lead to it. Fails with `aborted` or `io`; what is damaged is no failure of this.
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
  // What leads to something goes before it: a repair that is killed leaves nothing that leads nowhere.
  const first = damages.flatMap(({ files: [, ...leading] }) => leading);
  const last = damages.flatMap(({ files }) => files.slice(0, 1));
  const paths = new Set([...first, ...last].map(({ path }) => path));
  for (const path of paths) {
    const removed = await store.remove({ path, usedMs: Infinity });
    if (!removed.ok) return removed;
  }
  return ok(paths.size);
}
