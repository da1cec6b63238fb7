import { stat } from 'node:fs/promises';
import { diskUsage, engineCaches, type EngineCache } from '@image-tooling/engines';
import { hexOf, ok, type Digest, type Failure, type Result } from '@image-tooling/model';
import { GRACE_MS, type StoreFile } from '@image-tooling/oci';
import { goFolders } from '../go-caches';
import { takeInventory, type BlobKind, type Inventory } from '../inventory';
import { partsOfImage, whatGoes, whatStays, type Kept } from '../keep';
import { keptSince, type StoreRun } from '../run';
import { knownWorkspaces, namesOf, unreadIn } from '../workspaces';

export interface PruneRules {
  /** Days to keep what was made or used. */
  readonly keepDays: number;
  /** Whether to also remove Go's caches. */
  readonly go: boolean;
}

export type FreedKind = BlobKind | 'records' | 'engine' | 'go';

/** Things of one kind to remove. */
export interface Freed {
  readonly kind: FreedKind;
  readonly count: number;
  /** Bytes. */
  readonly bytes: number;
}

export interface PrunePlan {
  /** In the order of removal: see `whatGoes`. */
  readonly files: readonly StoreFile[];
  /** The parts of each image, by its manifest. */
  readonly parts: ReadonlyMap<Digest, readonly Digest[]>;
  /** Unfinished records. */
  readonly unfinished: readonly string[];
  readonly caches: readonly EngineCache[];
  readonly goFolders: readonly string[];
  readonly freed: readonly Freed[];
  /** The workspaces whose needs are kept. */
  readonly workspaces: readonly string[];
  /** Why the needs of a workspace are unknown: then nothing is removed. */
  readonly unread: readonly Failure[];
}

/** Plans a prune. Changes nothing. Fails as `diskUsage` does. */
export async function planPrune(run: StoreRun, { keepDays, go }: PruneRules): Promise<Result<PrunePlan>> {
  const sinceMs = keptSince(keepDays);
  const workspaces = await knownWorkspaces(run, sinceMs);
  const unread = unreadIn(workspaces);
  if (unread.length > 0) return ok({ ...NOTHING, workspaces: workspaces.map(({ root }) => root), unread });
  const inventory = await takeInventory(run.store);
  const kept = whatStays(inventory, { names: namesOf(workspaces), sinceMs });
  const files = whatGoes(inventory, kept, { sinceMs });
  const caches = unneeded(await engineCaches(run.store.root), kept);
  const trees = { caches, goFolders: go ? await goFolders(run) : [] };
  const freedTrees = await sizesOf(run, trees);
  if (!freedTrees.ok) return freedTrees;
  return ok({
    files,
    parts: new Map(inventory.images.map((image) => [image.digest, partsOfImage(image)])),
    unfinished: await notOfNow(await run.store.unfinished()),
    ...trees,
    freed: [...freedFiles(inventory, files), ...freedTrees.value].filter(({ count }) => count > 0),
    workspaces: workspaces.map(({ root }) => root),
    unread,
  });
}

const NOTHING = { files: [], parts: new Map(), unfinished: [], caches: [], goFolders: [], freed: [] };

async function sizesOf(
  { store, env, context }: StoreRun,
  { caches, goFolders }: Pick<PrunePlan, 'caches' | 'goFolders'>,
): Promise<Result<Freed[]>> {
  const cachePaths = caches.map(({ path }) => path);
  const options = { storeRoot: store.root, env, signal: context.signal };
  const sizes = await diskUsage([...cachePaths, ...goFolders], options);
  if (!sizes.ok) return sizes;
  const freed = (kind: FreedKind, paths: readonly string[]): Freed => ({
    kind,
    count: paths.length,
    bytes: paths.reduce((sum, path) => sum + (sizes.value.get(path) ?? 0), 0),
  });
  return ok([freed('engine', cachePaths), freed('go', goFolders)]);
}

function freedFiles({ kinds }: Inventory, files: readonly StoreFile[]): Freed[] {
  const kindOf = ({ kind, digest }: StoreFile): FreedKind =>
    kind === 'blob' ? (kinds.get(digest) ?? 'other') : 'records';
  return FILE_KINDS.map((kind) => {
    const some = files.filter((file) => kindOf(file) === kind);
    return { kind, count: some.length, bytes: some.reduce((sum, { size }) => sum + size, 0) };
  });
}

const FILE_KINDS = ['layer', 'image', 'deb', 'other', 'records'] as const;

/** Engine data made within the hour may be of a layer without a record yet: a bootstrap's. */
function unneeded(caches: readonly EngineCache[], { diffIds }: Kept): EngineCache[] {
  const stays = [...diffIds].map(hexOf);
  return caches.filter(
    ({ diffId, madeMs }) => Date.now() - madeMs > GRACE_MS && !stays.some((hex) => hex.startsWith(diffId)),
  );
}

async function notOfNow(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
      return Date.now() - mtimeMs > GRACE_MS ? [path] : [];
    }),
  );
  return found.flat();
}
