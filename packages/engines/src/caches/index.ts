import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, hasProgram, isOrphan, newOwnedName, renameIfThere, run } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import { hostEnv } from '../buildah/configuration';
import { placesIn as buildahPlaces } from '../buildah/places';
import { enterUsers } from '../buildah/sandbox';
import { placesIn as daggerPlaces } from '../dagger/step/places';

/**
 * A layer in the form in which an engine of this machine needs it: it can be made again from the layer's
 * blob.
 */
export interface EngineCache {
  readonly engine: 'buildah' | 'dagger';
  /** A folder or file. */
  readonly path: string;
  /** The first hexadecimal digits of the layer's diff id: 32 or more. */
  readonly diffId: string;
  /** When it was made, in milliseconds since the epoch. */
  readonly madeMs: number;
}

export interface CacheOptions {
  readonly storeRoot: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Returns the layers in the caches of engines. */
export async function engineCaches(storeRoot: string): Promise<EngineCache[]> {
  const found = await Promise.all(
    placesOf(storeRoot).map(async ({ engine, layers }) => {
      const names = await readdir(layers).catch((): string[] => []);
      return Promise.all(names.map((name) => cacheOf(engine, layers, name)));
    }),
  );
  return found.flat(2);
}

async function cacheOf(engine: EngineCache['engine'], folder: string, name: string): Promise<EngineCache[]> {
  const diffId = /^([0-9a-f]{32,64})(?:\.(?:tar|found\.json))?$/.exec(name)?.[1];
  const path = join(folder, name);
  const made = await stat(path).catch(() => undefined);
  return diffId === undefined || !made ? [] : [{ engine, path, diffId, madeMs: made.mtimeMs }];
}

/**
 * Removes layers from the caches of engines. Returns those that a running step may use. Renames each before
 * it checks for a running step, so that later steps do not find it. Fails with `io`, or if files of
 * subordinate users can't be removed.
 */
export async function removeEngineCaches(
  caches: readonly EngineCache[],
  options: CacheOptions,
): Promise<Result<readonly EngineCache[]>> {
  const busy: EngineCache[] = [];
  for (const { engine, layers, steps } of placesOf(options.storeRoot)) {
    const own = caches.filter((cache) => cache.engine === engine);
    if (own.length === 0) continue;
    const aside = await setAside(own, layers);
    if (!aside.ok) return aside;
    if (await hasRunningStep(steps)) {
      await Promise.all(aside.value.map(({ from, to }) => rename(to, from).catch(() => undefined)));
      busy.push(...own);
    }
    const removed = await removeTrees(
      aside.value.map(({ to }) => to),
      options,
    );
    if (!removed.ok) return removed;
  }
  return ok(busy);
}

/** Returns the bytes on disk of each path, also of files that belong to subordinate users. */
export async function diskUsage(
  paths: readonly string[],
  options: CacheOptions,
): Promise<Result<ReadonlyMap<string, number>>> {
  if (paths.length === 0) return ok(new Map());
  const ran = await asOwner(['du', '-s', '-k', '--', ...paths], options);
  if (!ran.ok) return ran;
  const rows = ran.value.split('\n').map((line) => line.split('\t'));
  return ok(
    new Map(rows.flatMap(([blocks, path]) => (path ? [[path, Number(blocks) * 1024] as const] : []))),
  );
}

async function setAside(
  caches: readonly EngineCache[],
  layers: string,
): Promise<Result<{ readonly from: string; readonly to: string }[]>> {
  const moved: { from: string; to: string }[] = [];
  for (const { path } of caches) {
    const to = join(layers, `new-${newOwnedName()}`);
    const renamed = await caught(path, () => renameIfThere(path, to));
    if (!renamed.ok) return renamed;
    if (renamed.value) moved.push({ from: path, to });
  }
  return ok(moved);
}

async function hasRunningStep(steps: string): Promise<boolean> {
  return (await readdir(steps).catch((): string[] => [])).some((name) => !isOrphan(name));
}

async function removeTrees(paths: readonly string[], options: CacheOptions): Promise<Result<void>> {
  if (paths.length === 0) return ok(undefined);
  const removed = await asOwner(['rm', '-rf', '--', ...paths], options);
  return removed.ok ? ok(undefined) : removed;
}

/** Runs a program that can read and remove files of an ordinary user's subordinate ids. */
async function asOwner(
  argv: readonly string[],
  { storeRoot, env, signal }: CacheOptions,
): Promise<Result<string>> {
  const places = buildahPlaces(storeRoot);
  const isRoot = process.getuid?.() === 0 || !(await hasProgram('buildah', env));
  const whole = [...enterUsers({ isRoot, places }), ...argv] as [string, ...string[]];
  const ran = await run({ argv: whole, env: hostEnv(env, places), signal });
  return ran.ok ? ok(ran.value.stdout) : ran;
}

function placesOf(storeRoot: string) {
  return [
    { engine: 'buildah', ...buildahPlaces(storeRoot) },
    { engine: 'dagger', ...daggerPlaces(storeRoot) },
  ] as const;
}
