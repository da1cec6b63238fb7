import { rm } from 'node:fs/promises';
import { caught } from '@image-tooling/host';
import { removeEngineCaches } from '@image-tooling/engines';
import { fail, hexOf, ok, type Digest, type Result } from '@image-tooling/model';
import type { Store, StoreFile } from '@image-tooling/oci';
import { isGoBusy, removeGo } from '../go-caches';
import type { StoreRun } from '../run';
import type { PrunePlan } from './plan';

/** Removes what a plan lists; returns as text what could not be removed. Fails with `io` or `aborted`. */
export async function removePlanned(run: StoreRun, plan: PrunePlan): Promise<Result<string[]>> {
  const inUse = await removeFiles(run, plan);
  if (!inUse.ok) return inUse;
  const unfinished = await removeUnfinished(plan);
  if (!unfinished.ok) return unfinished;
  const caches = await removeCaches(run, plan, inUse.value);
  if (!caches.ok) return caches;
  const go = plan.goFolders.length > 0 ? await removeGoCaches(run) : ok([]);
  if (!go.ok) return go;
  const used = inUse.value.size > 0 ? ['what a build began to use during the prune'] : [];
  return ok([...used, ...caches.value, ...go.value]);
}

async function removeUnfinished({ unfinished }: PrunePlan): Promise<Result<void>> {
  for (const path of unfinished) {
    const removed = await caught(path, () => rm(path, { force: true }));
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}

/** Returns the digests of what a build has begun to use since the plan was made, which is kept. */
async function removeFiles(
  { store, context }: StoreRun,
  { files, parts }: PrunePlan,
): Promise<Result<ReadonlySet<Digest>>> {
  const step = context.progress.step('prune: blobs and records');
  const inUse = new Set<Digest>();
  for (const [at, file] of files.entries()) {
    if (at % 50 === 0) step.status(`${at} of ${files.length}`);
    const removed = context.signal.aborted ? stopped() : await removeUnlessUsed(store, file, inUse);
    if (removed.ok) {
      const used = removed.value.flatMap((digest) => [digest, ...(parts.get(digest) ?? [])]);
      used.forEach((digest) => inUse.add(digest));
      continue;
    }
    step.failed();
    return removed;
  }
  step.done({ origin: 'ran' });
  return ok(inUse);
}

/** Returns what is in use with a kept file: itself, and what its record names. */
async function removeUnlessUsed(
  store: Store,
  file: StoreFile,
  inUse: ReadonlySet<Digest>,
): Promise<Result<Digest[]>> {
  if (inUse.has(file.digest)) return ok([]);
  const layer = file.kind === 'build' ? await store.recordedBuild(file.digest) : undefined;
  const removed = await store.remove(file);
  if (!removed.ok) return removed;
  return ok(removed.value ? [] : [file.digest, ...(layer ? [layer.digest, layer.diffId] : [])]);
}

async function removeCaches(
  { store, env, context }: StoreRun,
  { caches }: PrunePlan,
  inUse: ReadonlySet<Digest>,
): Promise<Result<string[]>> {
  const used = [...inUse].map(hexOf);
  const gone = caches.filter(({ diffId }) => !used.some((hex) => hex.startsWith(diffId)));
  const busy = await removeEngineCaches(gone, { storeRoot: store.root, env, signal: context.signal });
  if (!busy.ok) return busy;
  const count = busy.value.length;
  return ok(count === 0 ? [] : [`${count} unpacked layers, since a step is running`]);
}

async function removeGoCaches(run: StoreRun): Promise<Result<string[]>> {
  if (await isGoBusy(run)) return ok(["Go's caches, since a tool is being built, or was within the hour"]);
  const removed = await removeGo(run);
  return removed.ok ? ok([]) : removed;
}

function stopped(): Result<never> {
  return fail({ code: 'aborted', message: 'Stopped while the store was pruned.' });
}
