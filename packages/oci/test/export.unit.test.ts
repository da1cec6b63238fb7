import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf, type Digest, type OriginLayer } from '@image-tooling/model';
import { fileEntry, readTar } from '@image-tooling/layer';
import { codesOf, failuresOf, gathered, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { assembleImage, exportImage, parseTarget, streamDockerArchive, writeLayer } from '../src/index';
import { temporaryStore } from './helpers';

async function image() {
  const store = await temporaryStore();
  const layers: OriginLayer[] = [];
  for (const owner of ['one', 'two', 'one']) {
    const { layer } = valueOf(
      await writeLayer([fileEntry(owner, owner.repeat(1000))], { compression: 'zstd', store }),
    );
    layers.push({ ...layer, kind: 'tool', owner, buildId: digestOf(owner), time: 0 });
  }
  const assembled = valueOf(await assembleImage({ platform: 'linux/amd64', layers, config: {}, store }));
  return { store, image: assembled, options: { store, reference: 'localhost/x:dev' } };
}

interface Index {
  manifests: { digest: Digest; annotations: Record<string, string> }[];
}

function checkLayout(folder: string): Index {
  for (const hex of readdirSync(join(folder, 'blobs/sha256')))
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, 'blobs/sha256', hex)))
        .digest('hex'),
    ).toBe(hex);
  expect(existsSync(join(folder, 'oci-layout'))).toBe(true);
  return JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index;
}

describe('an export to a folder', () => {
  it('is an OCI layout of the unchanged image', async () => {
    const { image: it, options } = await image();
    const path = join(temporaryFolder(), 'deep/out');
    const { manifestDigest } = valueOf(await exportImage(it, { format: 'oci', path }, options));
    expect(manifestDigest).toBe(it.manifestDigest);
    expect(checkLayout(path).manifests).toMatchObject([
      { digest: it.manifestDigest, annotations: { 'org.opencontainers.image.ref.name': 'localhost/x:dev' } },
    ]);
    expect(readdirSync(join(path, 'blobs/sha256'))).toHaveLength(4);
  });

  it('with another compression has another manifest, and the same content', async () => {
    const { image: it, options, store } = await image();
    for (const compression of ['gzip', 'none'] as const) {
      const path = join(temporaryFolder(), 'out');
      const { manifestDigest } = valueOf(
        await exportImage(it, { format: 'oci', path }, { ...options, compression }),
      );
      expect(manifestDigest).not.toBe(it.manifestDigest);
      expect(checkLayout(path).manifests[0]!.digest).toBe(manifestDigest);
      expect(existsSync(join(path, 'blobs/sha256', hexOf(it.configDigest)))).toBe(true);
    }
    expect(readdirSync(join(store.root, 'tmp'))).toEqual([]);
  });

  it('replaces a layout, but nothing else', async () => {
    const { image: it, options } = await image();
    const folder = temporaryFolder();
    const target = { format: 'oci', path: join(folder, 'out') } as const;
    for (let i = 0; i < 2; i++) valueOf(await exportImage(it, target, options));
    expect(readdirSync(folder)).toEqual(['out']);
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/precious'), '');
    expect(codesOf(await exportImage(it, { format: 'oci', path: join(folder, 'mine') }, options))).toEqual([
      'usage',
    ]);
    expect(readdirSync(join(folder, 'mine'))).toEqual(['precious']);
  });

  it('is written to the target of a link, which stays', async () => {
    const { image: it, options } = await image();
    const folder = temporaryFolder();
    symlinkSync('later', join(folder, 'link'));
    valueOf(await exportImage(it, { format: 'oci', path: join(folder, 'link') }, options));
    valueOf(await exportImage(it, { format: 'oci', path: join(folder, 'link') }, options));
    checkLayout(join(folder, 'later'));
    expect(readdirSync(folder).sort()).toEqual(['later', 'link']);
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  });

  it.each(['-', '/dev/null', '/proc/self/status'])('is not written to %s', async (path) => {
    const { image: it, options } = await image();
    expect(codesOf(await exportImage(it, { format: 'oci', path }, options))).toEqual(['usage']);
  });

  it.each(['oci', 'oci-archive', 'docker-archive'] as const)(
    'fails on altered bytes, and leaves no files: %s',
    async (format) => {
      const { image: it, options, store } = await image();
      const blob = store.blobPath(it.layers[0]!.digest);
      const bytes = readFileSync(blob);
      bytes[bytes.length - 3]! ^= 1;
      writeFileSync(blob, bytes);
      const folder = temporaryFolder();
      const result = await exportImage(it, { format, path: join(folder, 'out') }, options);
      expect(['store-corrupt', 'tar-format']).toContain(codesOf(result)[0]);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it.each(['oci', 'oci-archive', 'docker-archive'] as const)(
    'that is stopped leaves no files: %s',
    async (format) => {
      const { image: it, options, store } = await image();
      const folder = temporaryFolder();
      const signal = AbortSignal.abort();
      expect(
        codesOf(await exportImage(it, { format, path: join(folder, 'out') }, { ...options, signal })),
      ).toEqual(['aborted']);
      expect(readdirSync(folder)).toEqual([]);
      expect(readdirSync(join(store.root, 'tmp'))).toEqual([]);
    },
  );
});

describe('archives', () => {
  it('of OCI are the layout in a reproducible tar', async () => {
    const { image: it, options } = await image();
    const folder = temporaryFolder();
    for (const name of ['a', 'b'])
      valueOf(await exportImage(it, valueOf(parseTarget(`oci-archive:${folder}/${name}`)), options));
    expect(readFileSync(join(folder, 'a')).equals(readFileSync(join(folder, 'b')))).toBe(true);
    mkdirSync(join(folder, 'out'));
    execFileSync('tar', ['-xf', join(folder, 'a'), '-C', join(folder, 'out')]);
    expect(checkLayout(join(folder, 'out')).manifests[0]!.digest).toBe(it.manifestDigest);
  });

  it('go to standard output, and into a device, which stays', async () => {
    const { image: it, options } = await image();
    const file = join(temporaryFolder(), 'a.tar');
    valueOf(await exportImage(it, { format: 'oci-archive', path: file }, options));
    const stdout = new PassThrough();
    const [bytes] = await Promise.all([
      gathered(stdout),
      exportImage(it, { format: 'oci-archive', path: '-' }, { ...options, stdout }).then((result) => {
        valueOf(result);
        stdout.end();
      }),
    ]);
    expect(bytes.equals(readFileSync(file))).toBe(true);
    valueOf(await exportImage(it, { format: 'oci-archive', path: '/dev/null' }, options));
    const full = await exportImage(it, { format: 'oci-archive', path: '/dev/full' }, options);
    expect(failuresOf(full)[0]).toMatchObject({
      code: 'disk-full',
      message: 'No space left while writing /dev/full.',
    });
    for (const device of ['/dev/null', '/dev/full']) expect(statSync(device).isCharacterDevice()).toBe(true);
  });

  it('of Docker hold plain tars named in manifest.json, in order', async () => {
    const { image: it, options } = await image();
    const file = join(temporaryFolder(), 'a.tar');
    valueOf(await exportImage(it, { format: 'docker-archive', path: file }, options));
    const names = valueOf(await readTar(file)).map(({ path }) => path);
    const tars = it.layers.map(({ diffId }) => `${hexOf(diffId)}.tar`);
    expect(names.sort()).toEqual(
      [...new Set([...tars, `${hexOf(it.configDigest)}.json`, 'manifest.json'])].sort(),
    );
    const manifest: unknown = JSON.parse(
      execFileSync('tar', ['-xOf', file, 'manifest.json'], { encoding: 'utf8' }),
    );
    expect(manifest).toEqual([
      { Config: `${hexOf(it.configDigest)}.json`, RepoTags: ['localhost/x:dev'], Layers: tars },
    ]);
    const tar = execFileSync('tar', ['-xOf', file, tars[1]!]);
    expect(createHash('sha256').update(tar).digest('hex')).toBe(hexOf(it.layers[1]!.diffId));
  });

  it('of Docker stream the same bytes', async () => {
    const { image: it, options } = await image();
    const file = join(temporaryFolder(), 'a.tar');
    valueOf(await exportImage(it, { format: 'docker-archive', path: file }, options));
    const stream = new PassThrough();
    const [bytes, result] = await Promise.all([gathered(stream), streamDockerArchive(it, stream, options)]);
    valueOf(result);
    expect(bytes.equals(readFileSync(file))).toBe(true);
  });

  it('report the bytes that were read', async () => {
    const { image: it, options } = await image();
    const seen: number[][] = [];
    const onBytes = (...bytes: number[]): void => void seen.push(bytes);
    const target = { format: 'docker-archive', path: join(temporaryFolder(), 'a.tar') } as const;
    valueOf(await exportImage(it, target, { ...options, onBytes }));
    const total = new Map(it.layers.map(({ diffId, tarSize }) => [diffId, tarSize]));
    const all = [...total.values()].reduce((sum, size) => sum + size, 0);
    expect(seen.at(-1)).toEqual([all, all]);
    expect(seen[0]![0]).toBeLessThan(all);
  });

  it('fail if the program that reads them ends', async () => {
    const { image: it, options, store } = await image();
    const { layer } = valueOf(
      await writeLayer([fileEntry('big', Buffer.alloc(3_000_000))], { compression: 'zstd', store }),
    );
    const child = spawn('head', ['-c', '10'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = once(child, 'exit');
    const result = await streamDockerArchive({ ...it, layers: [layer] }, child.stdin, options);
    expect(failuresOf(result)[0]).toMatchObject({
      code: 'io',
      message: expect.stringContaining('stopped reading') as string,
    });
    await ended;
  });
});
