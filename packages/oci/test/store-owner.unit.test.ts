import { chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, formatFailure, hexOf } from '@image-tooling/model';
import { fileEntry } from '@image-tooling/layer';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { LAYER_FACTS, openStore, writeLayer } from '../src/index';
import { checkOwners } from '../src/store/ownership';
import { firstFailure, temporaryStore } from './helpers';

const isRoot = process.geteuid?.() === 0;
const SOMEBODY = 1234;

describe.skipIf(!isRoot)('files of another user (needs root)', () => {
  it('are not opened as a store, and nothing is written into it', async () => {
    const root = join(temporaryFolder(), 'store');
    mkdirSync(root);
    chownSync(root, SOMEBODY, SOMEBODY);
    const failure = firstFailure(await openStore(root));
    expect(formatFailure(failure).replaceAll(root, '<store>')).toMatchInlineSnapshot(`
      "error: The store <store> belongs to user 1234, but this process runs as user 0. (store-owner)
        <store>
        help: Run it as the store's user, set IMAGE_STORE to a folder of your own, or take the store over: chown -R 0:0 <store>"
    `);
    expect(readdirSync(root)).toEqual([]);
  });

  it('are refused as facts about layers', async () => {
    const { root } = await temporaryStore();
    for (const fact of LAYER_FACTS) {
      mkdirSync(join(root, fact));
      chownSync(join(root, fact), SOMEBODY, SOMEBODY);
    }
    const { message, details = [] } = firstFailure(await openStore(root));
    for (const fact of LAYER_FACTS) expect([message, ...details].join()).toContain(join(root, fact));
  });

  it('are refused as parts of an own store, each by name', async () => {
    const { root } = await temporaryStore();
    mkdirSync(join(root, 'engine'));
    for (const part of ['builds', 'engine']) chownSync(join(root, part), SOMEBODY, SOMEBODY);
    const failure = firstFailure(await openStore(root));
    expect(formatFailure(failure).replaceAll(root, '<store>')).toMatchInlineSnapshot(`
      "error: <store>/builds in the store belongs to user 1234, but this process runs as user 0. (store-owner)
        <store>/builds
        <store>/engine: user 1234
        help: Run it as the store's user, set IMAGE_STORE to a folder of your own, or take the store over: chown -R 0:0 <store>"
    `);
  });

  it('are not read as records', async () => {
    const store = await temporaryStore();
    const id = digestOf('a build');
    const written = valueOf(await writeLayer([fileEntry('f', 'x')], { compression: 'none', store }));
    valueOf(await store.putBuild(id, written.layer, written.paths));
    expect(await store.getBuild(id)).toEqual(written.layer);
    const record = join(store.root, 'builds', `${hexOf(id)}.json`);
    chownSync(record, SOMEBODY, SOMEBODY);
    expect(await store.getBuild(id)).toBeUndefined();
    valueOf(await store.putBuild(id, written.layer, written.paths));
    expect(await store.getBuild(id)).toEqual(written.layer);
  });
});

describe.skipIf(!isRoot)("root's folder (needs root)", () => {
  it("can be the store of an ordinary user if it is a mounted disk, but not if root's store is in it", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'lost+found'));
    await checkOwners(folder, SOMEBODY);
    const { root } = await temporaryStore();
    await expect(checkOwners(root, SOMEBODY)).rejects.toThrow(`${root}/oci-layout in the store belongs to`);
  });
});
