import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { fileEntry, readTarBytes, writeTarBytes } from '@image-tooling/layer';
import { openObjectStore } from '@image-tooling/object-store';
import { startCacheServer, type CacheServer } from '@image-tooling/testkit/cache-server';
import { failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openLayerCache, type LayerCache } from '../src';
import { openObjects } from '../src/sources/objects';
import { HASH, newSigner } from './entries';
import { openRig, QUICK, serverSource, temporary } from './rig';

const SIGNER = newSigner();
const LAYER = randomBytes(300_000);
const DIGEST = `sha256:${createHash('sha256').update(LAYER).digest('hex')}` as const;
const KEY = DIGEST.replace(':', '-');
const DIST = 'tools/helm/dist/linux-amd64';
const OTHERS = {
  [`${DIST}/layer.json`]: `{"layer":{"digest":"${DIGEST}"}}`,
  terminalOutput: 'built',
  code: '0',
};

let server: CacheServer;
beforeEach(async () => {
  server = await startCacheServer();
  return () => server.kill();
});

/** Returns a result as Nx sends it. */
async function resultWith(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const entries = Object.entries(files).map(([path, content]) => fileEntry(path, content));
  return gzipSync(await writeTarBytes(entries));
}

const toolResult = () => resultWith({ [`${DIST}/layer.blob`]: LAYER, ...OTHERS });

/** Sends a result, and waits for its upload. */
async function uploaded(result: Buffer, sources = [serverSource(server.url)]) {
  const rig = await openRig({ signer: SIGNER, sources });
  expect(await rig.put(HASH, result)).toBe(200);
  await rig.proxy.end(10_000);
  expect(rig.spooled()).toEqual([]);
  return rig.proxy.counts.uploads;
}

async function pathsOf(result: Buffer): Promise<string[]> {
  const entries = valueOf(await readTarBytes(gunzipSync(result), { name: 'result' }));
  return entries.map(({ path }) => path).sort();
}

describe('the result of a tool', () => {
  it('is kept without its layer, which is kept by its digest', async () => {
    const counts = await uploaded(await toolResult());
    expect([...server.entries.keys()].sort()).toEqual([HASH, KEY].sort());
    expect(server.entries.get(KEY)?.equals(LAYER)).toBe(true);
    const reader = await openRig({ trusted: [SIGNER], sources: [serverSource(server.url)] });
    const result = (await reader.get(HASH)) as Buffer;
    expect(await pathsOf(result)).toEqual(Object.keys(OTHERS).sort());
    expect(counts).toMatchObject({ stored: 1, failed: 0, bytes: LAYER.length + result.length });
    // Nx never asks for one, and a reader would not take it: it has no signature.
    expect(await reader.get(KEY)).toBe(404);
  });

  it.each([400, 403, 500])('is kept whole by a cache that answers %d to its layer', async (status) => {
    server.misdeed = ({ method, url = '' }) =>
      method === 'PUT' && url.endsWith(KEY) ? { status } : undefined;
    const result = await toolResult();
    expect(await uploaded(result)).toMatchObject({ stored: 1, refused: 0, failed: 0, bytes: result.length });
    expect([...server.entries.keys()]).toEqual([HASH]);
    const reader = await openRig({ trusted: [SIGNER], sources: [serverSource(server.url)] });
    expect(result.equals((await reader.get(HASH)) as Buffer)).toBe(true);
  });

  it('needs no layer that the cache has', async () => {
    server.entries.set(KEY, LAYER);
    const { stored, bytes } = await uploaded(await toolResult());
    expect([stored, bytes < LAYER.length]).toEqual([1, true]);
  });

  it('replaces a layer in a folder, which may be old or damaged', async () => {
    const folder = temporary();
    writeFileSync(join(folder, KEY), 'damaged');
    await uploaded(await toolResult(), [
      openObjects(valueOf(openObjectStore(`file://${folder}`, { env: {} }))),
    ]);
    const find = layerIn(`file://${folder}`);
    expect((await contentOf(find())).equals(LAYER)).toBe(true);
  });

  it.each<[string, () => Promise<Buffer>]>([
    ['of another task', () => resultWith(OTHERS)],
    [
      'with a file that has only the name of a layer',
      () => resultWith({ ...OTHERS, 'app/layer.blob': 'mine' }),
    ],
    ['with another layer than it names', () => resultWith({ ...OTHERS, [`${DIST}/layer.blob`]: 'other' })],
    ['with a layer that is empty', () => resultWith({ ...OTHERS, [`${DIST}/layer.blob`]: '' })],
    ['that is no gzipped tar', () => Promise.resolve(Buffer.from('a result of another version of Nx'))],
    ['that is cut off', async () => (await toolResult()).subarray(0, -100)],
  ])('%s is kept as Nx sent it', async (_, made) => {
    const result = await made();
    await uploaded(result);
    expect([...server.entries.keys()]).toEqual([HASH]);
    const reader = await openRig({ trusted: [SIGNER], sources: [serverSource(server.url)] });
    expect(result.equals((await reader.get(HASH)) as Buffer)).toBe(true);
  });
});

type Find = () => ReturnType<LayerCache['find']>;

/** Returns what finds the layer in the remote cache of a workspace. */
function layerIn(url: string, more: object = {}): Find {
  const root = temporary();
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'cache.json'), JSON.stringify({ url, ...more }));
  const cache = openLayerCache({ root, env: {} }, QUICK);
  onTestFinished(() => cache.close());
  return () => cache.find({ digest: DIGEST, size: LAYER.length }, new AbortController().signal);
}

async function contentOf(found: ReturnType<LayerCache['find']>): Promise<Buffer> {
  const layer = valueOf(await found);
  if (!layer) throw new Error('not found');
  return buffer(layer.pieces);
}

describe('a layer', () => {
  it('is read from the cache that has it', async () => {
    const find = layerIn(`file://${temporary()}`, { alsoRead: [server.url] });
    expect(valueOf(await find())).toBeUndefined();
    server.entries.set(KEY, LAYER);
    expect((await contentOf(find())).equals(LAYER)).toBe(true);
    expect(valueOf(await find())?.from).toBe(server.url);
  });

  it('is read from another cache if the first fails, which is then left alone', async () => {
    const folder = temporary();
    writeFileSync(join(folder, KEY), LAYER);
    server.misdeed = () => 'break';
    const find = layerIn(server.url, { alsoRead: [`file://${folder}`] });
    expect((await contentOf(find())).equals(LAYER)).toBe(true);
    const { length } = server.requests;
    expect((await contentOf(find())).equals(LAYER)).toBe(true);
    expect(server.requests).toHaveLength(length);
  });

  it.each(['a folder', 'cache.json'])(
    "is only missing if %s can't be read: no fault ends a command",
    async (what) => {
      const folder = temporary();
      const root = temporary();
      const loop = what === 'a folder' ? join(folder, KEY) : join(root, 'cache.json');
      symlinkSync(loop, loop);
      const env = what === 'a folder' ? { IMAGE_CACHE_URL: `file://${folder}` } : {};
      const cache = openLayerCache({ root, env });
      const wanted = { digest: DIGEST, size: LAYER.length };
      const [failure] = failuresOf(await cache.find(wanted, new AbortController().signal));
      expect([failure.code, failure.message]).toEqual(['network', expect.stringContaining(loop)]);
      expect(valueOf(await cache.find(wanted, new AbortController().signal))).toBeUndefined();
    },
  );

  it('is nowhere without a cache', async () => {
    const cache = openLayerCache({ root: temporary(), env: {} });
    const found = await cache.find({ digest: DIGEST, size: 1 }, new AbortController().signal);
    expect(valueOf(found)).toBeUndefined();
  });

  it('may be longer than it should be: no more is read', async () => {
    server.entries.set(KEY, Buffer.concat([LAYER, Buffer.alloc(10_000_000)]));
    const find = layerIn(server.url);
    await expect(contentOf(find())).rejects.toThrow(`${server.url} sent more than ${LAYER.length} bytes.`);
  });

  it.each(['hang', 'break', 'not-http', { status: 500 }, { status: 401 }] as const)(
    'costs one failure if its server does %j, and is not asked for again',
    async (misdeed) => {
      server.misdeed = () => misdeed;
      const find = layerIn(server.url);
      expect(failuresOf(await find())[0].message).toContain(server.url);
      const { length } = server.requests;
      expect(valueOf(await find())).toBeUndefined();
      expect(server.requests).toHaveLength(length);
    },
  );

  it.each(['cut-off', 'hang-in-body'] as const)('fails if its server does "%s"', async (misdeed) => {
    server.misdeed = () => misdeed;
    const find = layerIn(server.url);
    await expect(contentOf(find())).rejects.toThrow(server.url);
  });
});
