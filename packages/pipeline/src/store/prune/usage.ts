import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { caught } from '@image-tooling/host';
import { diskUsage } from '@image-tooling/engines';
import { ok, type Result } from '@image-tooling/model';
import { LAYER_FACTS, type StoreFile } from '@image-tooling/oci';
import { takeInventory } from '../inventory';
import { noteUnread } from '../workspaces';
import { planPrune, type Freed, type FreedKind } from '.';
import { KEEP_DAYS, type StoreRun } from '../run';

/** Disk usage of one kind. */
export interface KindUsage {
  readonly kind: FreedKind | 'rest';
  /** Number of files; undefined for folders of other programs. */
  readonly count?: number;
  /** Bytes. */
  readonly bytes: number;
  /** Bytes that `store prune` would free. */
  readonly freed: number;
}

/** Returns the disk usage of a store, by kind. Fails as `diskUsage` does. */
export async function storeUsage(run: StoreRun): Promise<Result<KindUsage[]>> {
  const { files, kinds } = await takeInventory(run.store);
  const plan = await planPrune(run, { keepDays: KEEP_DAYS, go: false });
  if (!plan.ok) return plan;
  noteUnread(run, plan.value.unread);
  const trees = await treesOf(run);
  if (!trees.ok) return trees;
  const kindOf = ({ kind, digest }: StoreFile) =>
    kind === 'blob' ? (kinds.get(digest) ?? 'other') : 'records';
  const ofFiles = FILE_KINDS.map((kind) => {
    const some = files.filter((file) => kindOf(file) === kind);
    return { kind, count: some.length, bytes: some.reduce((sum, { size }) => sum + size, 0) };
  });
  return ok(
    [...ofFiles, ...trees.value].map((usage) => ({ ...usage, freed: freedOf(plan.value.freed, usage.kind) })),
  );
}

const FILE_KINDS = ['layer', 'image', 'deb', 'other', 'records'] as const;

/** Folders of the store without blobs or records. */
const COUNTED_BY_FILE: readonly string[] = ['blobs', 'builds', 'paths', 'inputs', ...LAYER_FACTS];

async function treesOf({ store, env, context }: StoreRun): Promise<Result<Omit<KindUsage, 'freed'>[]>> {
  const found = await caught(store.root, () => readdir(store.root));
  if (!found.ok) return found;
  const names = found.value.filter((name) => !COUNTED_BY_FILE.includes(name));
  const options = { storeRoot: store.root, env, signal: context.signal };
  const sizes = await diskUsage(
    names.map((name) => join(store.root, name)),
    options,
  );
  if (!sizes.ok) return sizes;
  const bytesOf = (name: string) => sizes.value.get(join(store.root, name)) ?? 0;
  const rest = names.filter((name) => name !== 'engine' && name !== 'go');
  return ok([
    { kind: 'engine', bytes: bytesOf('engine') },
    { kind: 'go', bytes: bytesOf('go') },
    { kind: 'rest', bytes: rest.reduce((sum, name) => sum + bytesOf(name), 0) },
  ]);
}

function freedOf(freed: readonly Freed[], kind: KindUsage['kind']): number {
  return freed.find((one) => one.kind === kind)?.bytes ?? 0;
}
