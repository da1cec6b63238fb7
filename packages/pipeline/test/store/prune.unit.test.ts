import { chmodSync, existsSync, mkdirSync, rmdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '@image-tooling/model';
import type { StoreFile } from '@image-tooling/oci';
import { LAYER_FACTS } from '@image-tooling/oci';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import {
  listStore,
  pruneStore,
  storeUsage,
  verifyStore,
  type StorePruneRequest,
  type StoreRun,
} from '../../src/store';
import { planPrune } from '../../src/store/prune';
import { removePlanned } from '../../src/store/prune/remove';
import { ageAll, putFacts, putImage, putLayer, scratchStore, withRemove } from './scratch';

const ALL: StorePruneRequest = { keepDays: 0, go: false, apply: true };

const blobsIn = (run: StoreRun) => readdir(join(run.store.root, 'blobs', 'sha256'));

/** Two images that share a layer, a tool of its own, a .deb, all of them old. */
async function filled(): Promise<{ run: StoreRun; first: string; second: string }> {
  const run = await scratchStore();
  const { store } = run;
  const shared = await putLayer(store, 'bootstrap', 'base', 'shared');
  const own = await putLayer(store, 'files', 'child', 'own');
  const tool = await putLayer(store, 'tool', 'alone', 'alone');
  await putFacts(store, [shared, own, tool]);
  valueOf(await store.putBlobFromBytes(Buffer.from('!<arch>\ndebian-binary   rest')));
  const first = await putImage(store, 'base', [shared]);
  const second = await putImage(store, 'child', [shared, own]);
  ageAll(store.root, 40);
  return { run, first: first.manifestDigest, second: second.manifestDigest };
}

/** Returns a workspace whose outputs name an image. */
function workspaceWith(manifest: string): string {
  const root = temporaryFolder();
  const output = join(root, 'images', 'base', 'dist', 'linux-amd64');
  mkdirSync(output, { recursive: true });
  writeFileSync(join(root, 'nx.json'), '{}');
  writeFileSync(join(output, 'digest.json'), JSON.stringify({ manifest }));
  return root;
}

describe('a prune', () => {
  it('only reports what would be removed, without --apply', async () => {
    const { run } = await filled();
    const pruned = valueOf(await pruneStore(run, { ...ALL, keepDays: 30, apply: false }));
    expect(pruned.freed.map(({ kind, count }) => `${count} ${kind}`)).toEqual([
      '3 layer',
      '4 image',
      '1 deb',
      `${9 + 3 * LAYER_FACTS.length} records`,
    ]);
    expect(await blobsIn(run)).toHaveLength(8);
  });

  it('of old data without a workspace leaves nothing', async () => {
    const { run } = await filled();
    valueOf(await pruneStore(run, ALL));
    expect(await blobsIn(run)).toEqual([]);
    expect(await run.store.files()).toEqual([]);
    expect(await readdir(join(run.store.root, 'tmp'))).toEqual([]);
  });

  it('keeps what was made or used within the days, with all of its parts', async () => {
    const { run } = await filled();
    const { store } = run;
    const kept = (await store.files()).find(({ kind }) => kind === 'build')!;
    const layer = await store.getBuild(kept.digest);
    valueOf(await pruneStore(run, { ...ALL, keepDays: 30 }));
    expect((await store.files()).map(({ kind }) => kind)).toEqual([
      'blob',
      'build',
      'paths',
      'inputs',
      ...LAYER_FACTS,
    ]);
    expect(await store.getBuild(kept.digest)).toEqual(layer);
  });

  it('keeps what was made within the hour, whatever the options', async () => {
    const run = await scratchStore();
    await putLayer(run.store, 'tool', 'new', 'new');
    expect(valueOf(await pruneStore(run, ALL)).freed).toEqual([]);
  });

  it.each(['the current folder', 'another that used the store'])('keeps what %s needs', async (where) => {
    const { run, second } = await filled();
    const root = workspaceWith(second);
    if (where !== 'the current folder') valueOf(await run.store.recordUser(root));
    const cwd = where === 'the current folder' ? root : run.cwd;
    const keepDays = where === 'the current folder' ? 0 : 30;
    const pruned = valueOf(await pruneStore({ ...run, cwd }, { ...ALL, keepDays }));
    expect(pruned.workspaces).toEqual([root]);
    const { images, tools } = await listStore({ ...run, cwd });
    expect(images.map(({ name, workspaces }) => [name, workspaces])).toEqual([['child', [root]]]);
    expect(tools).toEqual([]);
    expect(valueOf(await verifyStore(run, { repair: false })).damages).toEqual([]);
    expect(await blobsIn(run)).toHaveLength(4);
  });

  it('ignores a workspace that is gone, or that did not use the store recently', async () => {
    const { run, second } = await filled();
    const late = workspaceWith(second);
    for (const root of [late, '/nowhere/at-all']) valueOf(await run.store.recordUser(root));
    ageAll(join(run.store.root, 'users'), 31);
    expect(valueOf(await pruneStore(run, { ...ALL, keepDays: 30 })).workspaces).toEqual([]);
    expect(await blobsIn(run)).toEqual([]);
  });

  it('that was stopped leaves a consistent store, and continues in the next run', async () => {
    const { run } = await filled();
    let asked = 0;
    const signal = { get aborted() { return ++asked > 3; } } as AbortSignal; // prettier-ignore
    const stopped = await pruneStore({ ...run, context: { ...run.context, signal } }, ALL);
    expect(stopped.ok).toBe(false);
    const { damages } = valueOf(await verifyStore(run, { repair: false }));
    expect(damages).toEqual([]);
    valueOf(await pruneStore(run, ALL));
    expect(await blobsIn(run)).toEqual([]);
  });

  it('that is killed at any removal leaves a consistent store', async () => {
    const files = (await (await filled()).run.store.files()).length;
    for (let removals = 0; removals < files; removals++) {
      const { run } = await filled();
      let left = removals;
      const remove = (file: StoreFile) => {
        if (left-- === 0) throw new Error('killed');
        return run.store.remove(file);
      };
      await expect(pruneStore(withRemove(run, remove), ALL)).rejects.toThrow('killed');
      expect(await run.store.files()).toHaveLength(files - removals);
      expect(valueOf(await verifyStore(run, { repair: false })).damages, `${removals}`).toEqual([]);
    }
  });

  it('keeps all parts of an image that a build begins to use at that moment', async () => {
    const { run, first } = await filled();
    const remove = (file: StoreFile) => {
      if (file.digest === first) utimesSync(file.path, Date.now() / 1000, Date.now() / 1000);
      return run.store.remove(file);
    };
    const { stayed } = valueOf(await pruneStore(withRemove(run, remove), ALL));
    expect(stayed).toEqual(['what a build began to use during the prune']);
    expect(valueOf(await verifyStore(run, { repair: false })).damages).toEqual([]);
    expect((await listStore(run)).images.map(({ name }) => name)).toEqual(['base']);
  });

  it('removes engines’ unpacked data of removed layers, not of kept ones, and nothing while a step runs', async () => {
    const { run } = await filled();
    const kept = (await run.store.files()).find(({ kind }) => kind === 'build')!;
    const layer = (await run.store.getBuild(kept.digest))!;
    const layers = join(run.store.root, 'engine', 'buildah', 'layers');
    const names = { stays: hexOf(layer.diffId).slice(0, 32), goes: hexOf(digestOf('gone')).slice(0, 32) };
    for (const name of Object.values(names)) mkdirSync(join(layers, name, 'tree'), { recursive: true });
    ageAll(layers, 1);
    const step = join(run.store.root, 'engine', 'buildah', 'steps', '1-1-1-aa');
    mkdirSync(step, { recursive: true });
    const busy = valueOf(await pruneStore(run, { ...ALL, keepDays: 30 }));
    expect(busy.stayed).toEqual(['1 unpacked layers, since a step is running']);
    expect((await readdir(layers)).sort()).toEqual(Object.values(names).sort());
    rmdirSync(step);
    expect(valueOf(await pruneStore(run, { ...ALL, keepDays: 30 })).stayed).toEqual([]);
    expect(await readdir(layers)).toEqual([names.stays]);
  });

  it("removes Go's read-only caches if requested, and keeps them while a tool is built", async () => {
    const run = await scratchStore();
    const modules = join(run.store.root, 'go', 'mod', 'example.invalid', 'm@v1');
    mkdirSync(modules, { recursive: true });
    writeFileSync(join(modules, 'f.go'), 'package f', { mode: 0o444 });
    chmodSync(modules, 0o555);
    expect(valueOf(await pruneStore(run, ALL)).freed).toEqual([]);
    const working = join(run.store.root, 'go', 'tmp', 'fetch-x');
    mkdirSync(working, { recursive: true });
    const { stayed } = valueOf(await pruneStore(run, { ...ALL, go: true }));
    expect(stayed).toEqual(["Go's caches, since a tool is being built, or was within the hour"]);
    rmdirSync(working);
    valueOf(await pruneStore(run, { ...ALL, go: true }));
    expect(existsSync(modules)).toBe(false);
  });
});

it('a prune that can not remove an unfinished file fails, and so do the sizes of a store that is gone', async () => {
  const { run } = await filled();
  const plan = valueOf(await planPrune(run, ALL));
  const folder = join(run.store.root, 'blobs');
  expect(await removePlanned(run, { ...plan, files: [], unfinished: [folder] })).toMatchObject({
    ok: false,
    failures: [{ code: 'io' }],
  });
  rmSync(run.store.root, { recursive: true });
  expect(await storeUsage(run)).toMatchObject({ ok: false, failures: [{ code: 'io' }] });
});

it('what a store takes is reported by kind, and what of it a prune would free', async () => {
  const { run } = await filled();
  const usage = valueOf(await storeUsage(run));
  const of = (wanted: string) => usage.find(({ kind }) => kind === wanted);
  expect(of('layer')).toMatchObject({ count: 3 });
  expect(of('layer')?.freed).toBe(of('layer')?.bytes);
  expect(of('deb')).toEqual({ kind: 'deb', count: 1, bytes: 28, freed: 28 });
  expect(of('go')).toEqual({ kind: 'go', bytes: 0, freed: 0 });
});
