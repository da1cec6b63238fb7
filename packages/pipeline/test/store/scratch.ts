import { lstatSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import {
  CONSTANT_TIME,
  layerBuildId,
  type Json,
  type LayerKind,
  type OriginLayer,
} from '@image-tooling/model';
import { fileEntry } from '@image-tooling/layer';
import {
  assembleImage,
  LAYER_FACTS,
  openStore,
  writeLayer,
  type AssembledImage,
  type Store,
  type StoreFile,
} from '@image-tooling/oci';
import { SILENT, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import type { StoreRun } from '../../src/store/run';

/** Returns an empty store, and a folder next to it that is not a workspace. */
export async function scratchStore(signal = new AbortController().signal): Promise<StoreRun> {
  const folder = temporaryFolder();
  const store = valueOf(await openStore(join(folder, 'store')));
  return { store, env: { ...process.env }, context: { signal, progress: SILENT }, cwd: folder };
}

/** Puts a layer with one file into a store, with its records. */
export async function putLayer(
  store: Store,
  kind: LayerKind,
  owner: string,
  text: string,
): Promise<OriginLayer> {
  const inputs: Json = { kind, ...(kind === 'tool' && { name: owner }), text };
  const buildId = layerBuildId(inputs);
  const entry = fileEntry(`opt/${owner}-${kind}`, text);
  const { layer, paths } = valueOf(await writeLayer([entry], { compression: 'zstd', store }));
  valueOf(await store.putInputs(buildId, inputs));
  valueOf(await store.putBuild(buildId, layer, paths));
  return { kind, owner, buildId, time: CONSTANT_TIME, ...layer };
}

/** Puts facts about layers into a store, as a build keeps them. */
export async function putFacts(store: Store, layers: readonly OriginLayer[]): Promise<void> {
  for (const { diffId } of layers)
    for (const fact of LAYER_FACTS) valueOf(await store.putFact(fact, diffId, {}));
}

/** Puts an image of layers into a store. */
export async function putImage(
  store: Store,
  name: string,
  layers: readonly OriginLayer[],
): Promise<AssembledImage> {
  const labels = { 'org.opencontainers.image.title': name };
  return valueOf(await assembleImage({ store, platform: 'linux/amd64', layers, config: {}, labels }));
}

const UNPACKED_LAYER = /\/engine\/buildah\/layers\/./;

/** Makes everything in a folder this many days old, but not files of unpacked layers, which stores may share. */
export function ageAll(folder: string, days: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = lstatSync(path);
    if (found.isSymbolicLink()) continue;
    if (found.isDirectory() && !UNPACKED_LAYER.test(path)) ageAll(path, days);
    const seconds = Date.now() / 1000 - days * 86_400;
    utimesSync(path, seconds, seconds);
  }
}

/** Returns the same store, with another function that removes. */
export function withRemove(
  run: StoreRun,
  remove: (file: StoreFile) => ReturnType<Store['remove']>,
): StoreRun {
  return { ...run, store: Object.create(run.store, { remove: { value: remove } }) as Store };
}
