import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Compression, Layer } from '@image-tooling/model';
import {
  directoryEntry,
  fileEntry,
  hardlinkEntry,
  rangeEntry,
  readTar,
  symlinkEntry,
  type TarEntry,
} from '@image-tooling/layer';
import {
  codesOf,
  failuresOf,
  gathered,
  largeContent,
  temporaryFolder,
  valueOf,
} from '@image-tooling/testkit/helpers';
import { filesFromFolder, openStore, recompress, writeLayer, type Store } from '../src/index';
import { layerTar } from '../src/layer/convert';
import { temporaryStore } from './helpers';

const SMALL: TarEntry[] = [
  directoryEntry('usr'),
  directoryEntry('usr/local', { mode: 0o2775, gid: 50 }),
  fileEntry('usr/local/tool', 'a tool\n'.repeat(1000), {
    mode: 0o755,
    xattrs: new Map([['security.capability', Buffer.of(1, 2)]]),
  }),
  hardlinkEntry('usr/local/same', 'usr/local/tool', {
    mode: 0o755,
    xattrs: new Map([['security.capability', Buffer.of(1, 2)]]),
  }),
  symlinkEntry('usr/local/link', 'tool'),
  fileEntry('usr/caf\xc3\xa9', 'x', { uid: 1000, gid: 1000 }),
  fileEntry('usr/\xff', 'y'),
];

describe('a small layer', () => {
  // Literals on purpose: when one changes, every layer there is changes too. Raise the format numbers then.
  const GOLDEN: Record<Compression, string> = {
    none: 'sha256:4bfc9571d61441cc579f779f90ba1ecdaf60dec5a11d4ee8f95dff7640cdf05a',
    zstd: 'sha256:9ecf3f3655f6caac21b19bdc231ce064b9564845fb4213c3f54a67a128a54651',
    gzip: 'sha256:d2c2554a8a6ad793d299e284e31546e243437c70109dae8053e7a0e0bf1ead56',
  };

  it.each(['none', 'zstd', 'gzip'] as const)('has its golden digest: %s', async (compression) => {
    const { layer } = valueOf(await writeLayer(SMALL, { compression, store: await temporaryStore() }));
    expect(layer.diffId).toBe(GOLDEN.none);
    expect(layer.digest).toBe(GOLDEN[compression]);
  });

  it('does not depend on order, time zone, locale or umask', async () => {
    const before = process.umask(0o077);
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Pacific/Kiritimati';
    onTestFinished(() => {
      process.umask(before);
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    const { layer } = valueOf(
      await writeLayer([...SMALL].reverse(), { compression: 'zstd', store: await temporaryStore() }),
    );
    expect(layer.digest).toBe(GOLDEN.zstd);
  });

  it('comes with its path index', async () => {
    const { paths } = valueOf(
      await writeLayer(SMALL, { compression: 'none', store: await temporaryStore() }),
    );
    expect(paths.get('usr/local')).toEqual({ kind: 'dir', mode: 0o2775, uid: 0, gid: 50 });
    expect(paths.get('usr/local/same')).toMatchObject({ kind: 'other', type: 'file', size: 7000 });
    expect(paths.get('usr/local/tool')).toMatchObject({ type: 'hardlink', link: 'usr/local/same' });
  });
});

describe('a large layer', () => {
  let store: Store;
  const layers = {} as Record<Compression, Layer>;
  let folder: string;
  // Packing by gzip takes a second: once for all tests.
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'large-layer-'));
    store = valueOf(await openStore(join(folder, 'store')));
    const file = join(folder, 'content');
    writeFileSync(file, largeContent());
    const entries = [rangeEntry('a', { file, offset: 0, length: 20_000_000 }), fileEntry('b', 'b')];
    for (const compression of ['none', 'zstd', 'gzip'] as const)
      layers[compression] = valueOf(await writeLayer(entries, { compression, store })).layer;
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['none', 'zstd', 'gzip'] as const)(
    'is read back the same: %s',
    async (compression) => {
      const layer = layers[compression];
      const tar = await gathered(layerTar(layer, store));
      expect(tar.length).toBe(layer.tarSize);
      const tool = { none: 'cat', zstd: 'zstd', gzip: 'gzip' }[compression];
      const args = compression === 'none' ? [] : ['-dc'];
      const theirs = execFileSync(tool, args, {
        input: readFileSync(store.blobPath(layer.digest)),
        maxBuffer: 3e7,
      });
      expect(theirs.equals(tar)).toBe(true);
    },
    60_000,
  );

  it('has the same blob converted to zstd as written with it', async () => {
    expect(valueOf(await recompress(layers.gzip, 'zstd', { store }))).toEqual(layers.zstd);
  }, 60_000);

  it('has the same blob each time it is converted to gzip, with the same tar', async () => {
    const gzip = valueOf(await recompress(layers.zstd, 'gzip', { store }));
    expect(gzip).toMatchObject({
      diffId: layers.zstd.diffId,
      tarSize: layers.zstd.tarSize,
      compression: 'gzip',
    });
    const blob = readFileSync(store.blobPath(gzip.digest));
    const tar = await gathered(layerTar(layers.zstd, store));
    expect(execFileSync('gzip', ['-dc'], { input: blob, maxBuffer: 3e7 }).equals(tar)).toBe(true);
    // RFC 1952, section 2.3: no optional fields such as a name, no time.
    expect(blob.subarray(0, 8)).toEqual(Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0));
    expect(valueOf(await recompress(layers.zstd, 'gzip', { store }))).toEqual(gzip);
  }, 60_000);

  it('stops on abort, and keeps nothing', async () => {
    const store = await temporaryStore();
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let i = 0; ; i++) {
        if (i === 20) stop.abort();
        yield Buffer.alloc(1_000_000);
      }
    }
    const entry: TarEntry = { ...fileEntry('a', ''), size: 1e12, content: { kind: 'stream', open: endless } };
    const result = await writeLayer([entry], { compression: 'zstd', store, signal: stop.signal });
    expect(codesOf(result)).toEqual(['aborted']);
    expect(
      execFileSync('find', [store.root, '-type', 'f', '-path', '*/store/tmp/*'], { encoding: 'utf8' }),
    ).toBe('');
  });

  it('fails if a file became shorter or longer', async () => {
    const store = await temporaryStore();
    const file = join(temporaryFolder(), 'content');
    writeFileSync(file, 'x'.repeat(100));
    for (const length of [101, 3_000_000]) {
      const result = await writeLayer([rangeEntry('a', { file, offset: 0, length })], {
        compression: 'none',
        store,
      });
      expect(codesOf(result)).toEqual(['truncated']);
    }
    const missing = rangeEntry('a', { file: `${file}-gone`, offset: 0, length: 1 });
    expect(codesOf(await writeLayer([missing], { compression: 'none', store }))).toEqual(['io']);
  });
});

describe('files of a folder', () => {
  function rootfs(): string {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'etc/empty'), { recursive: true });
    writeFileSync(join(folder, 'etc/conf'), 'conf', { mode: 0o600 });
    writeFileSync(join(folder, 'run me'), '#!/bin/sh');
    chmodSync(join(folder, 'run me'), 0o770);
    symlinkSync('../run me', join(folder, 'etc/link'));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xff)]), 'no UTF-8');
    return folder;
  }

  it('belong to root, get a mode by their executable bit, and leave out empty folders', async () => {
    const entries = valueOf(await filesFromFolder(rootfs(), { mtime: 7 }));
    expect(
      entries.map(({ path, type, mode, uid, mtime, linkTarget }) => [
        path,
        type,
        mode.toString(8),
        uid,
        mtime,
        linkTarget,
      ]),
    ).toEqual([
      ['etc', 'directory', '755', 0, 7, undefined],
      ['etc/conf', 'file', '644', 0, 7, undefined],
      ['etc/link', 'symlink', '777', 0, 7, '../run me'],
      ['run me', 'file', '755', 0, 7, undefined],
      ['\xff', 'file', '644', 0, 7, undefined],
    ]);
    const { layer } = valueOf(
      await writeLayer(entries, { compression: 'none', store: await temporaryStore() }),
    );
    expect(layer.tarSize).toBeGreaterThan(0);
  });

  it('get declared modes and owners, an empty folder too', async () => {
    const modes = { 'etc/conf': { mode: 0o400, uid: 5, gid: 6 }, 'etc/empty': { mode: 0o1777 } };
    const entries = valueOf(await filesFromFolder(rootfs(), { mtime: 0, modes }));
    expect(entries.find(({ path }) => path === 'etc/conf')).toMatchObject({ mode: 0o400, uid: 5, gid: 6 });
    expect(entries.find(({ path }) => path === 'etc/empty')).toMatchObject({ mode: 0o1777, uid: 0 });
  });

  it('fail on pipes and on modes of missing paths, all at once', async () => {
    const folder = rootfs();
    execFileSync('mkfifo', [join(folder, 'etc/pipe')]);
    const result = await filesFromFolder(folder, { mtime: 0, modes: { 'etc/gone': { mode: 0o644 } } });
    expect(
      failuresOf(result).map(({ code, message }) => `${code}: ${message.replaceAll(folder, 'rootfs')}`),
    ).toEqual([
      'rootfs: rootfs/etc/pipe is neither a file, a folder nor a symlink.',
      'rootfs: A mode is declared for "etc/gone", but rootfs has no such path.',
    ]);
    expect(codesOf(await filesFromFolder('/nowhere', { mtime: 0 }))).toEqual(['io']);
  });
});

it('a tar on disk is written into a layer without unpacking it', async () => {
  const folder = temporaryFolder();
  execFileSync('tar', ['-cf', join(folder, 'a.tar'), '-C', '/usr/share', 'perl5']);
  const store = await temporaryStore();
  const entries = valueOf(await readTar(join(folder, 'a.tar')));
  const { layer } = valueOf(await writeLayer(entries, { compression: 'zstd', store }));
  writeFileSync(join(folder, 'b.tar'), await gathered(layerTar(layer, store)));
  const compared = spawnSync('tar', ['-df', join(folder, 'b.tar'), '-C', '/usr/share'], { encoding: 'utf8' });
  expect(compared).toMatchObject({ status: 0, stdout: '', stderr: '' });
  const listed = execFileSync('tar', ['-tf', join(folder, 'b.tar')], { encoding: 'utf8' });
  expect(listed.split('\n').length).toBeGreaterThan(2);
});
