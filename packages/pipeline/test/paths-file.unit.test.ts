import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileEntry, symlinkEntry } from '@image-tooling/layer';
import { openStore, writeLayer, type Store } from '@image-tooling/oci';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { beforeEach, expect, it } from 'vitest';
import { restorePaths, writePathsFile } from '../src/workspace/paths-file';

const ENTRIES = [
  fileEntry('opt/caf\u00c3\u00a9', 'one\n', { mode: 0o4755 }),
  symlinkEntry('opt/link', 'b\u00ff'),
];

let folder: string;
let from: Store;
let to: Store;
let layer: Awaited<ReturnType<typeof written>>;

const written = async (store: Store) => valueOf(await writeLayer(ENTRIES, { compression: 'zstd', store }));
const file = () => join(folder, 'paths.json.gz');

beforeEach(async () => {
  folder = temporaryFolder();
  from = valueOf(await openStore(join(folder, 'from')));
  to = valueOf(await openStore(join(folder, 'to')));
  layer = await written(from);
  valueOf(await from.putPaths(layer.layer.diffId, layer.paths));
  valueOf(await writePathsFile(from, folder, [layer.layer.diffId]));
});

const restored = async () => {
  valueOf(await restorePaths(to, folder));
  return to.getPaths(layer.layer.diffId);
};

it('gives another store the paths of a layer, and no layer', async () => {
  expect(await restored()).toEqual(layer.paths);
  expect(await to.hasBlob(layer.layer.digest)).toBe(false);
});

it('keeps what the store has', async () => {
  const own = new Map([['own', { kind: 'removed' }]] as const);
  valueOf(await to.putPaths(layer.layer.diffId, own));
  expect(await restored()).toEqual(own);
});

it('leaves out layers that the store knows nothing about', async () => {
  folder = join(folder, 'other');
  valueOf(await writePathsFile(to, folder, [layer.layer.diffId]));
  expect(await restored()).toBeUndefined();
});

it('is written once, and again if it is damaged', async () => {
  const { ino } = statSync(file());
  valueOf(await writePathsFile(from, folder, [layer.layer.diffId]));
  expect(statSync(file()).ino).toBe(ino);
  writeFileSync(file(), 'damaged');
  valueOf(await writePathsFile(from, folder, [layer.layer.diffId]));
  expect(await restored()).toEqual(layer.paths);
});

it.each([
  ['cut off', () => readFileSync(file()).subarray(0, -9)],
  ['altered', () => readFileSync(file()).map((byte, at) => (at === 30 ? byte ^ 1 : byte))],
  ['not compressed', () => '{"pathsVersion":1,"layers":{}}'],
  ['of another format', () => gzipSync(JSON.stringify({ pathsVersion: 2, layers: {} }))],
  ['not an object', () => gzipSync('null')],
  ['without layers', () => gzipSync('{"pathsVersion":1}')],
  ['with layers that are null', () => gzipSync('{"pathsVersion":1,"layers":null}')],
  ['with an invalid name', () => gzipSync('{"pathsVersion":1,"layers":{"../x":[]}}')],
  ['with invalid rows', () => gzipSync(`{"pathsVersion":1,"layers":{"${layer.layer.diffId}":[["a"]]}}`)],
])('counts as empty if it is %s', async (_, content) => {
  writeFileSync(file(), content());
  expect(await restored()).toBeUndefined();
});
