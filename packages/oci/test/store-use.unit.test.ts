import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf, type Digest } from '@image-tooling/model';
import { fileEntry } from '@image-tooling/layer';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { GRACE_MS, writeLayer, type Store } from '../src/index';
import { removeUnused } from '../src/store/remove';
import { temporaryStore } from './helpers';

const DAY = 86_400_000;
const ID = digestOf('a build');

function age(path: string, days: number): void {
  const seconds = (Date.now() - days * DAY) / 1000;
  utimesSync(path, seconds, seconds);
}

const daysOld = (path: string): number => Math.round((Date.now() - statSync(path).mtimeMs) / DAY);

async function storeWithBuild(): Promise<{ store: Store; record: string; blob: string; digest: Digest }> {
  const store = await temporaryStore();
  const { layer, paths } = valueOf(await writeLayer([fileEntry('f', 'x')], { compression: 'none', store }));
  valueOf(await store.putBuild(ID, layer, paths));
  const blob = store.blobPath(layer.digest);
  return { store, record: join(store.root, 'builds', `${hexOf(ID)}.json`), blob, digest: layer.digest };
}

describe('the time of the last use', () => {
  it('is written when a build or blob is requested, and not by lists', async () => {
    const { store, record, blob, digest } = await storeWithBuild();
    age(record, 40);
    age(blob, 40);
    expect(await store.peekBuild(ID)).toBeDefined();
    await store.files();
    expect([daysOld(record), daysOld(blob)]).toEqual([40, 40]);
    expect(await store.getBuild(ID)).toBeDefined();
    expect(await store.hasBlob(digest)).toBe(true);
    expect([daysOld(record), daysOld(blob)]).toEqual([0, 0]);
  });

  it("is not written again within minutes, and is never older than a prune's grace period", async () => {
    const { store, record } = await storeWithBuild();
    const before = Date.now() - GRACE_MS / 12;
    utimesSync(record, before / 1000, before / 1000);
    await store.getBuild(ID);
    expect(Date.now() - statSync(record).mtimeMs).toBeLessThan(GRACE_MS / 2);
    expect(Math.abs(statSync(record).mtimeMs - before)).toBeLessThan(1000);
  });
});

describe('a file to remove', () => {
  it('is removed if it was not used since', async () => {
    const { store, record } = await storeWithBuild();
    const file = (await store.files()).find(({ kind }) => kind === 'build');
    expect(file).toMatchObject({ digest: ID, path: record });
    expect(valueOf(await store.remove(file!))).toBe(true);
    expect(await store.getBuild(ID)).toBeUndefined();
    expect(valueOf(await store.remove(file!))).toBe(true);
  });

  it('stays if it was used after it was listed', async () => {
    const { store, record } = await storeWithBuild();
    age(record, 40);
    const file = (await store.files()).find(({ kind }) => kind === 'build')!;
    await store.getBuild(ID);
    expect(valueOf(await store.remove(file))).toBe(false);
    expect(await store.getBuild(ID)).toBeDefined();
  });

  it('can be of any age if it is damaged', async () => {
    const path = join(temporaryFolder(), 'f');
    writeFileSync(path, '');
    expect(await removeUnused({ path, usedMs: Infinity }, temporaryFolder())).toBe(true);
    expect(existsSync(path)).toBe(false);
  });
});

describe('the lists of a store', () => {
  it('have its blobs and records, and separately what was never finished', async () => {
    const { store } = await storeWithBuild();
    valueOf(await store.putInputs(ID, { kind: 'files' }));
    const unfinished = join(store.root, 'builds', 'x.json.1-2.tmp');
    writeFileSync(unfinished, '');
    mkdirSync(join(store.root, 'builds', 'folder.json'));
    expect((await store.files()).map(({ kind }) => kind)).toEqual(['blob', 'build', 'paths', 'inputs']);
    expect(await store.unfinished()).toEqual([unfinished]);
  });

  it('have the workspaces that use it, the latest first', async () => {
    const store = await temporaryStore();
    for (const root of ['/a', '/b', '/a']) valueOf(await store.recordUser(root));
    age(join(store.root, 'users', `${hexOf(digestOf('/a'))}.json`), 3);
    writeFileSync(join(store.root, 'users', 'odd.json'), 'null');
    expect((await store.users()).map(({ root }) => root)).toEqual(['/b', '/a']);
  });
});
