import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hexOf, type OriginLayer } from '@image-tooling/model';
import { LAYER_FACTS, type LayerFact } from '@image-tooling/oci';
import { valueOf } from '@image-tooling/testkit/helpers';
import { verifyStore, type StoreRun } from '../../src/store';
import { putFacts, putImage, putLayer, scratchStore, withRemove } from './scratch';

interface Filled {
  readonly run: StoreRun;
  readonly layer: OriginLayer;
  readonly tool: OriginLayer;
}

async function filled(): Promise<Filled> {
  const run = await scratchStore();
  const layer = await putLayer(run.store, 'apt', 'base', 'of base');
  const tool = await putLayer(run.store, 'tool', 'greet', 'a tool');
  await putImage(run.store, 'base', [layer, tool]);
  await putFacts(run.store, [layer, tool]);
  return { run, layer, tool };
}

const record = ({ run }: Filled, kind: string, digest: OriginLayer['digest']) =>
  join(run.store.root, kind, `${hexOf(digest)}.json`);

const fact = ({ run, layer }: Filled, name: LayerFact) =>
  join(run.store.root, name, `${hexOf(layer.diffId)}.json.gz`);

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path, bytes);
}

async function messages({ run }: Filled, repair = false): Promise<string[]> {
  return valueOf(await verifyStore(run, { repair })).damages.map(({ message }) => message);
}

describe('a repair', () => {
  it('that is killed at any removal leaves no dangling reference', async () => {
    for (let removals = 0; ; removals++) {
      const store = await filled();
      const { run, layer, tool } = store;
      for (const { digest } of [layer, tool]) flipByte(run.store.blobPath(digest));
      let left = removals;
      const killed = withRemove(run, (file) => {
        if (left-- === 0) throw new Error('killed');
        return run.store.remove(file);
      });
      const wasKilled = await verifyStore(killed, { repair: true }).then(
        () => false,
        () => true,
      );
      const found = await messages(store);
      if (!wasKilled) {
        expect(found).toEqual([]);
        return;
      }
      expect(found.filter((message) => !message.includes('is damaged'))).toEqual([]);
    }
  });
});

describe('a verification', () => {
  it('finds nothing in a valid store', async () => {
    const store = await filled();
    const { blobs, records, damages } = valueOf(await verifyStore(store.run, { repair: false }));
    expect({ blobs, records, damages }).toEqual({
      blobs: 4,
      records: 6 + 2 * LAYER_FACTS.length,
      damages: [],
    });
  });

  it.each<[string, (store: Filled) => void, RegExp[]]>([
    [
      'a layer with another byte',
      ({ run, layer }) => flipByte(run.store.blobPath(layer.digest)),
      [/^the apt layer of base is damaged: its \d+ B have another hash\.$/],
    ],
    [
      'a tool that was cut short',
      ({ run, tool }) => writeFileSync(run.store.blobPath(tool.digest), 'short'),
      [
        /^the tool layer of greet is damaged/,
        /^the tool layer of greet is recorded with \d+ bytes, but its blob has 5\.$/,
      ],
    ],
    [
      'a blob that is gone',
      ({ run, tool }) => rmSync(run.store.blobPath(tool.digest)),
      [
        /^the tool layer of greet is recorded, but its blob sha256:\w+ is gone\.$/,
        /^The image base linux\/amd64 .* lacks/,
      ],
    ],
    [
      'a record that was cut short',
      (store) => writeFileSync(record(store, 'builds', store.layer.buildId), '{"diffId":'),
      [/^The record of the build id sha256:\w+ can't be read\.$/],
    ],
    [
      'a list of paths that was cut short',
      (store) => writeFileSync(record(store, 'paths', store.layer.diffId), '[['),
      [
        /^the apt layer of base is recorded, but the list of its paths is gone\.$/,
        /^The list of paths of the layer \w+ can't be read\.$/,
      ],
    ],
    [
      'contents that were cut short',
      (store) => writeFileSync(fact(store, 'contents'), 'x'),
      [/^The record "contents" of the layer \w+ can't be read\.$/],
    ],
    [
      'functions that were cut short',
      (store) => writeFileSync(fact(store, 'symbols'), gzipSync('{')),
      [/^The record "symbols" of the layer \w+ can't be read\.$/],
    ],
    [
      'inputs that were changed',
      (store) => writeFileSync(record(store, 'inputs', store.layer.buildId), '{}'),
      [/^The inputs of the build id sha256:\w+ were changed\.$/],
    ],
  ])('reports %s; after the repair nothing is wrong, and it is built again', async (_, harm, expected) => {
    const store = await filled();
    harm(store);
    const found = await messages(store);
    expect(found).toHaveLength(expected.length);
    expected.forEach((pattern, at) => expect(found[at]).toMatch(pattern));
    expect(await messages(store, true)).toEqual(found);
    expect(await messages(store)).toEqual([]);
  });

  it('repairs a damaged layer so that the next build makes it again', async () => {
    const { run, layer, tool } = await filled();
    flipByte(run.store.blobPath(layer.digest));
    expect(await run.store.getBuild(layer.buildId)).toBeDefined();
    valueOf(await verifyStore(run, { repair: true }));
    expect(await run.store.getBuild(layer.buildId)).toBeUndefined();
    expect(existsSync(run.store.blobPath(layer.digest))).toBe(false);
    expect(await run.store.getBuild(tool.buildId)).toBeDefined();
  });

  it('ends when it is stopped', async () => {
    const run = await scratchStore(AbortSignal.abort());
    await run.store.putBlobFromBytes(Buffer.from('x'));
    const stopped = await verifyStore(run, { repair: false });
    expect(!stopped.ok && stopped.failures[0].code).toBe('aborted');
  });
});
