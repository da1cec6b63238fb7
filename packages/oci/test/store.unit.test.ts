import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build, type PluginBuild } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { digestOf, hexOf, ok, type Layer, type RunContext } from '@image-tooling/model';
import { directoryEntry, fileEntry, indexPaths } from '@image-tooling/layer';
import { codesOf, failuresOf, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { openStore, writeLayer } from '../src/index';
import { mountTmpfs, temporaryStore } from './helpers';

const HELLO = Buffer.from('hello');
const context: RunContext = {
  signal: new AbortController().signal,
  progress: { step: () => { throw new Error('unused'); }, note: () => undefined },
}; // prettier-ignore

describe('blobs', () => {
  it('are named by their hash, read back, and verified', async () => {
    const store = await temporaryStore();
    const { digest, size } = valueOf(await store.putBlobFromBytes(HELLO, { expected: digestOf('hello') }));
    expect([digest, size]).toEqual([digestOf('hello'), 5]);
    expect(valueOf(await store.readBlob(digest)).toString()).toBe('hello');
    expect(store.blobPath(digest)).toBe(join(store.root, 'blobs/sha256', hexOf(digest)));
    valueOf(await store.verifyBlob(digest));
  });

  it('can be files, and are stored once', async () => {
    const store = await temporaryStore();
    const file = join(temporaryFolder(), 'f');
    writeFileSync(file, HELLO);
    for (let i = 0; i < 2; i++) valueOf(await store.putBlobFromFile(file));
    expect(readdirSync(join(store.root, 'blobs/sha256'))).toHaveLength(1);
    expect(codesOf(await store.putBlobFromFile('/nowhere/f'))).toEqual(['io']);
  });

  it('with another hash than expected are not stored', async () => {
    const store = await temporaryStore();
    const result = await store.putBlobFromBytes(HELLO, { expected: digestOf('other') });
    expect(codesOf(result)).toEqual(['checksum']);
    expect(failuresOf(result)[0].message).toContain(digestOf('other'));
    expect(readdirSync(join(store.root, 'blobs/sha256'))).toEqual([]);
    expect(readdirSync(join(store.root, 'tmp'))).toEqual([]);
  });

  it('whose source fails or is stopped are not stored', async () => {
    const store = await temporaryStore();
    const signal = AbortSignal.abort();
    expect(codesOf(await store.putBlobFromBytes(HELLO, { signal }))).toEqual(['aborted']);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield HELLO;
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    }
    expect(codesOf(await store.putBlobFromStream(broken()))).toEqual(['io']);
    expect(readdirSync(join(store.root, 'tmp'))).toEqual([]);
  });

  it('that were altered, truncated or removed are detected', async () => {
    const store = await temporaryStore();
    const { digest } = valueOf(await store.putBlobFromBytes(HELLO));
    for (const change of [
      (path: string) => writeFileSync(path, 'jello'),
      (path: string) => truncateSync(path, 2),
      (path: string) => rmSync(path),
    ]) {
      change(store.blobPath(digest));
      expect(codesOf(await store.verifyBlob(digest))).toEqual(['store-corrupt']);
      expect(codesOf(await store.readBlob(digest))).toEqual(['store-corrupt']);
    }
    expect(await store.hasBlob(digest)).toBe(false);
  });
});

describe('builds', () => {
  const buildId = digestOf('build');

  async function written() {
    const store = await temporaryStore();
    const entries = [directoryEntry('d'), fileEntry('d/\xff', 'x'), fileEntry('.wh.y', '')];
    const { layer, paths } = valueOf(await writeLayer(entries, { compression: 'zstd', store }));
    valueOf(await store.putBuild(buildId, layer, paths));
    return { store, layer, paths, record: join(store.root, 'builds', `${hexOf(buildId)}.json`) };
  }

  it('are found again, with their path index', async () => {
    const { store, layer, paths } = await written();
    expect(await store.getBuild(buildId)).toEqual(layer);
    expect(await store.getPaths(layer.diffId)).toEqual(paths);
    expect(await store.getBuild(digestOf('never'))).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '{"diffId":1}'])('with the record %j count as absent', async (text) => {
    const { store, record } = await written();
    writeFileSync(record, text);
    expect(await store.getBuild(buildId)).toBeUndefined();
  });

  it('count as absent if their blob is missing or truncated, or their path index is missing', async () => {
    const cut = await written();
    truncateSync(cut.store.blobPath(cut.layer.digest), 3);
    expect(await cut.store.getBuild(buildId)).toBeUndefined();
    rmSync(cut.store.blobPath(cut.layer.digest));
    expect(await cut.store.getBuild(buildId)).toBeUndefined();
    const bare = await written();
    const index = join(bare.store.root, 'paths', `${hexOf(bare.layer.diffId)}.json`);
    writeFileSync(index, '[["x",{"kind":"nonsense"}]]');
    expect(await bare.store.getPaths(bare.layer.diffId)).toBeUndefined();
    rmSync(index);
    expect(await bare.store.getBuild(buildId)).toBeUndefined();
  });

  it('of one store are seen by another that is opened later', async () => {
    const { store, layer } = await written();
    expect(await valueOf(await openStore(store.root)).getBuild(buildId)).toEqual(layer);
  });
});

describe('temporary folders', () => {
  it('of live processes stay, of dead ones are removed', async () => {
    const store = await temporaryStore();
    const mine = valueOf(await store.tempDir('my step'));
    const dead = mine.replace(`.${process.pid}-`, '.999999999-');
    mkdirSync(dead);
    // Process ids are reused, with another start time.
    const [label, owner = ''] = mine.split('/').pop()!.split('.');
    const [pid, start, ...rest] = owner.split('-');
    const reused = join(store.root, 'tmp', `${label}.${[pid, Number(start) - 1, ...rest].join('-')}`);
    mkdirSync(reused);
    valueOf(await openStore(store.root));
    expect([mine, dead, reused].map((path) => existsSync(path))).toEqual([true, false, false]);
  });

  it('of other containers are removed after a day', async () => {
    const store = await temporaryStore();
    const [young, old] = ['a', 'b'].map((end) => join(store.root, 'tmp', `step.1.1.42.${end}`)) as [
      string,
      string,
    ];
    mkdirSync(young);
    mkdirSync(old);
    utimesSync(old, 1, 1);
    valueOf(await openStore(store.root));
    expect([existsSync(young), existsSync(old)]).toEqual([true, false]);
  });
});

it('a lock has one holder at a time', async () => {
  const store = await temporaryStore();
  const events: string[] = [];
  const work = (name: string) =>
    store.lock('go/k9s', context, async () => {
      events.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      events.push(`${name} out`);
      return ok(name);
    });
  await Promise.all([work('a'), work('b')]);
  expect(events[1]).toBe(events[0]!.replace('in', 'out'));
  expect(events).toHaveLength(4);
});

describe('several processes', () => {
  let writer: string;
  beforeAll(async () => {
    const folder = join(import.meta.dirname, `.writer-${process.pid}`);
    writer = join(folder, 'writer.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'processes/writer.ts')],
      outfile: writer,
      bundle: true,
      platform: 'node',
      format: 'esm',
      plugins: [{ name: 'packages-outside', setup: keepPackagesOutside }],
    });
    return () => rmSync(folder, { recursive: true, force: true });
  });

  function start(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [writer, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  it('share a store', async () => {
    const store = await temporaryStore();
    const children = ['a', 'b', 'c', 'd'].map((seed) => start(store.root, 'many', seed));
    const codes = await Promise.all(children.map(exitCode));
    expect(codes).toEqual([0, 0, 0, 0]);
    const blobs = readdirSync(join(store.root, 'blobs/sha256'));
    expect(blobs).toHaveLength(10 + 4 * 10);
    for (const hex of blobs) valueOf(await store.verifyBlob(`sha256:${hex}`));
    expect(readdirSync(join(store.root, 'tmp'))).toEqual([]);
  }, 60_000);

  it('a process killed while it writes leaves only temporary files, which are removed', async () => {
    const store = await temporaryStore();
    const child = start(store.root, 'endless', 'k');
    await once(child.stdout!, 'data');
    expect(readdirSync(join(store.root, 'tmp'))).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(join(store.root, 'tmp'))).toHaveLength(1);
    expect(readdirSync(join(store.root, 'blobs/sha256'))).toEqual([]);
    valueOf(await openStore(store.root));
    expect(readdirSync(join(store.root, 'tmp'))).toEqual([]);
  }, 60_000);
});

/** Our own packages are TypeScript and go into the bundle; all others are found next to it. */
function keepPackagesOutside(bundler: PluginBuild): void {
  bundler.onResolve({ filter: /^[^./]/ }, ({ path }) =>
    path.startsWith('@image-tooling/') ? undefined : { path, external: true },
  );
}

async function exitCode(child: ChildProcess): Promise<unknown> {
  const [code] = (await once(child, 'exit')) as unknown[];
  return code;
}

it('a full disk is reported, and existing blobs stay valid', async ({ skip }) => {
  const folder = mountTmpfs();
  if (!folder) skip('needs root, to mount a small tmpfs');
  const store = valueOf(await openStore(join(folder!, 'store')));
  const { digest } = valueOf(await store.putBlobFromBytes(HELLO));
  const entries = [fileEntry('big', Buffer.alloc(8_000_000))];
  const result = await writeLayer(entries, { compression: 'none', store });
  expect(codesOf(result)).toEqual(['disk-full']);
  expect(failuresOf(result)[0].path).toMatch(store.root);
  expect(readdirSync(join(store.root, 'tmp'))).toEqual([]);
  valueOf(await store.verifyBlob(digest));
  const layer: Layer = { diffId: digest, digest, size: 5, tarSize: 5, compression: 'none' };
  const many = indexPaths(Array.from({ length: 60_000 }, (_, i) => fileEntry(`file ${i}`, '')));
  expect(codesOf(await store.putBuild(digestOf('build'), layer, many))).toEqual(['disk-full']);
  expect(await store.getBuild(digestOf('build'))).toBeUndefined();
});

it('a store that can’t be created is a failure', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(codesOf(await openStore(join(file, 'store')))).toEqual(['io']);
});

it('a store is an OCI layout', async () => {
  const store = await temporaryStore();
  expect(JSON.parse(readFileSync(join(store.root, 'oci-layout'), 'utf8'))).toEqual({
    imageLayoutVersion: '1.0.0',
  });
});
