import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, type OriginLayer } from '@image-tooling/model';
import {
  directoryEntry,
  fileEntry,
  hardlinkEntry,
  missingParents,
  symlinkEntry,
  type TarEntry,
} from '@image-tooling/layer';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { assembleImage, exportImage, writeLayer } from '../src/index';
import { temporaryStore } from './helpers';

const LAYERS: TarEntry[][] = [
  [
    fileEntry('etc/gone', 'x'),
    fileEntry('opt/old/a', 'a'),
    fileEntry('opt/old/b', 'b'),
    directoryEntry('tmp', { mode: 0o1777 }),
  ],
  [
    fileEntry('etc/.wh.gone', ''),
    fileEntry('opt/old/.wh..wh..opq', ''),
    fileEntry('opt/old/c', 'c'),
    fileEntry('usr/bin/tool', '#!/bin/sh\n', { mode: 0o4755 }),
    hardlinkEntry('usr/bin/same', 'usr/bin/tool', { mode: 0o4755 }),
    symlinkEntry('usr/bin/link', 'tool'),
    fileEntry('usr/caf\xc3\xa9 \n', 'odd name'),
  ],
];

async function image() {
  const store = await temporaryStore();
  const layers: OriginLayer[] = [];
  for (const [index, entries] of LAYERS.entries()) {
    const all = [...entries, ...missingParents(entries, [])];
    const { layer } = valueOf(await writeLayer(all, { compression: 'zstd', store }));
    layers.push({
      ...layer,
      kind: 'tool',
      owner: `layer ${index}`,
      buildId: digestOf(String(index)),
      time: index,
    });
  }
  const config = { env: { LANG: 'C.UTF-8' }, entrypoint: ['/usr/bin/tool'], user: '1000:1000' };
  return { store, image: valueOf(await assembleImage({ platform: 'linux/amd64', layers, config, store })) };
}

function has(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

function needs(skip: (note: string) => void, ...programs: string[]): void {
  const missing = programs.filter((program) => !has(program));
  if (missing.length > 0) skip(`${missing.join(', ')} not installed`);
}

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('an exported image', () => {
  it('is unpacked by umoci, with whiteouts, links and modes', async ({ skip }) => {
    needs(skip, 'umoci');
    const { store, image: it } = await image();
    const folder = temporaryFolder();
    const target = { format: 'oci', path: join(folder, 'oci') } as const;
    valueOf(await exportImage(it, target, { store, reference: 'dev', compression: 'gzip' }));
    const rootless = process.getuid?.() === 0 ? [] : ['--rootless'];
    run('umoci', 'unpack', ...rootless, '--image', `${target.path}:dev`, join(folder, 'bundle'));
    const rootfs = join(folder, 'bundle/rootfs');
    const exists = (path: string) => existsSync(join(rootfs, path));
    expect(['etc/gone', 'opt/old/a', 'opt/old/b', 'opt/old/c'].map(exists)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(lstatSync(join(rootfs, 'usr/bin/tool')).mode & 0o7777).toBe(0o4755);
    expect(lstatSync(join(rootfs, 'usr/bin/tool')).ino).toBe(lstatSync(join(rootfs, 'usr/bin/same')).ino);
    expect(readlinkSync(join(rootfs, 'usr/bin/link'))).toBe('tool');
    expect(readFileSync(join(rootfs, 'usr/café \n'), 'utf8')).toBe('odd name');
    expect(lstatSync(join(rootfs, 'tmp')).mode & 0o7777).toBe(0o1777);
  });

  it('is inspected by skopeo, in every format', async ({ skip }) => {
    needs(skip, 'skopeo');
    const { store, image: it } = await image();
    const folder = temporaryFolder();
    const layersOf = (reference: string) =>
      JSON.parse(run('skopeo', 'inspect', '--config', reference)) as { rootfs: { diff_ids: string[] } };
    for (const format of ['oci', 'oci-archive', 'docker-archive'] as const) {
      const path = join(folder, format);
      valueOf(await exportImage(it, { format, path }, { store, reference: 'localhost/tool:dev' }));
      const reference = format === 'oci' ? `oci:${path}` : `${format}:${path}`;
      expect(layersOf(reference).rootfs.diff_ids).toEqual(it.layers.map(({ diffId }) => diffId));
    }
  });

  it("keeps the manifest's digest when skopeo copies it", async ({ skip }) => {
    needs(skip, 'skopeo');
    const { store, image: it } = await image();
    const folder = temporaryFolder();
    valueOf(
      await exportImage(it, { format: 'oci-archive', path: join(folder, 'a') }, { store, reference: 'dev' }),
    );
    run(
      'skopeo',
      'copy',
      '--insecure-policy',
      `oci-archive:${join(folder, 'a')}:dev`,
      `oci:${join(folder, 'b')}:dev`,
    );
    expect(JSON.parse(run('skopeo', 'inspect', `oci:${join(folder, 'b')}:dev`))).toMatchObject({
      Digest: it.manifestDigest,
    });
  });
});
