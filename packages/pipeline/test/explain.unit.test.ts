import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageExplanation, ToolExplanation } from '@image-tooling/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExplainedImages, PLATFORM } from './explained-images';

let images: ExplainedImages;

beforeAll(async () => {
  images = await ExplainedImages.make();
}, 60_000);

afterAll(() => images.remove());

describe('an image', () => {
  it('is explained layer by layer', async () => {
    const { layers, basedOn, totals } = await images.ask<ImageExplanation>('child');
    expect(
      layers.map(({ kind, image, own, sharedWith, inStore }) => ({ kind, image, own, sharedWith, inStore })),
    ).toEqual([
      { kind: 'bootstrap', image: 'base', own: false, sharedWith: ['base'], inStore: true },
      { kind: 'files', image: 'base', own: false, sharedWith: ['base'], inStore: true },
      { kind: 'apt', image: 'child', own: true, sharedWith: [], inStore: true },
      { kind: 'tool', image: 'child', own: true, sharedWith: [], inStore: true },
      { kind: 'help', image: 'child', own: true, sharedWith: [], inStore: true },
    ]);
    expect(basedOn).toEqual(['base', 'Debian trixie']);
    expect(layers.every((layer) => (layer.size ?? 0) > 0 && (layer.tarSize ?? 0) > 0 && layer.buildId)).toBe(
      true,
    );
    expect(totals.own.layers).toBe(3);
    expect(layers[0]?.packages).toBe(2);
  });

  it('is reported with the command to build it first', async () => {
    await images.rig.write('images/fresh/image.json', {
      description: 'New',
      from: { image: 'base' },
      platforms: [PLATFORM],
    });
    const failure = await images.refused('fresh');
    await rm(join(images.rig.folder, 'images/fresh'), { recursive: true });
    expect(failure.message).toBe('"fresh" is not built for linux/amd64.');
    expect(failure.hint).toContain('npx nx run fresh:build-amd64');
  });

  it('is refused for a wrong platform, and for two questions at once', async () => {
    expect((await images.refused('child', { platform: 'linux/arm64' })).code).toBe('platform');
    expect((await images.refused('child', { why: true, file: '/bin' })).code).toBe('usage');
    expect((await images.refused('chidl')).hint).toBe('Did you mean "child"?');
  });
});

describe('a tool', () => {
  it('is explained with its source and its images', async () => {
    const told = await images.ask<ToolExplanation>('greet');
    expect(told.images).toEqual([{ name: 'child', hasLayer: true }]);
    expect(told.source).toMatchObject({
      kind: 'go',
      locked: { module: 'fixture.invalid/greet', version: 'v1.2.3' },
    });
    expect((await images.path('/usr/local/bin/greet', 'greet')).found?.bringer).toMatchObject({
      by: 'tool',
      version: '1.2.3',
    });
  });
});

describe('a path', () => {
  it('is of the package that lists it, through links and merged folders', async () => {
    const { links, found } = await images.path('/bin/hello');
    expect(links).toMatchObject([
      { path: '/bin', facts: { type: 'symlink', link: 'usr/bin' }, bringer: { by: 'package' } },
    ]);
    expect(found).toMatchObject({
      path: '/usr/bin/hello',
      layer: { number: 1, kind: 'bootstrap', owner: 'base' },
      facts: { type: 'file', mode: '0755', uid: 0, gid: 0, size: 21 },
      bringer: { by: 'package', name: 'hello', version: 'hello-1' },
    });
  });

  it('is followed link by link, and names what makes alternatives', async () => {
    const { links, found } = await images.path('usr/bin/../bin/hi/');
    expect(links.map(({ path: at, bringer }) => [at, bringer])).toEqual([
      ['/usr/bin/hi', { by: 'installation', note: 'a path that update-alternatives makes' }],
      ['/etc/alternatives/hi', { by: 'installation', note: 'a path that update-alternatives makes' }],
    ]);
    expect(found?.path).toBe('/usr/bin/hello');
  });

  it('is of the package that listed it before /usr was merged', async () => {
    expect((await images.path('/usr/lib/old.so')).found?.bringer).toMatchObject({
      by: 'package',
      name: 'hello',
    });
  });

  it('names the layers below that had it, and how', async () => {
    const { found, layers } = await images.path('/etc/hello.conf');
    expect(found).toMatchObject({
      layer: { owner: 'child' },
      facts: { mode: '0640', gid: 42 },
      bringer: { name: 'extra', version: 'extra-1' },
    });
    expect(layers).toMatchObject([
      { does: 'has', layer: { kind: 'apt' }, facts: { size: 19 } },
      { does: 'has', layer: { kind: 'bootstrap' }, facts: { size: 6, mode: '0644' } },
    ]);
  });

  it('names the layer that removed it', async () => {
    const { found, layers } = await images.path('/etc/gone.conf');
    expect(found).toBeUndefined();
    expect(layers).toMatchObject([
      { does: 'removes', layer: { kind: 'apt', owner: 'child' } },
      { does: 'has', layer: { kind: 'bootstrap' } },
    ]);
    expect((await images.path('/etc/gone.conf', 'base')).found).toBeDefined();
  });

  it('is of a file of the workspace, of a definition, of help, or of no package', async () => {
    const bringer = async (file: string) => (await images.path(file)).found?.bringer;
    expect(await bringer('/etc/fixture.conf')).toEqual({
      by: 'definition',
      image: 'base',
      file: 'images/base/rootfs/etc/fixture.conf',
    });
    expect(await bringer('/usr/local/bin/toolbox-help')).toEqual({ by: 'help', image: 'child' });
    expect(await bringer('/etc/made')).toEqual({ by: 'installation' });
  });

  it('can be a hard link, or a link to what only exists in a running container', async () => {
    expect((await images.path('/usr/bin/hullo')).found?.facts).toMatchObject({
      type: 'hardlink',
      link: '/usr/bin/hello',
      size: 21,
    });
    expect(await images.path('/etc/mtab')).toMatchObject({
      links: [{ path: '/etc/mtab' }],
      path: '/proc/mounts',
      layers: [],
    });
  });

  it('of a folder sums up its content by layer', async () => {
    const { folder, found } = await images.path('/usr/bin');
    expect(found?.facts.type).toBe('folder');
    expect(folder).toMatchObject({
      entries: 5,
      size: 26,
      parts: [
        { entries: 4, size: 21 },
        { entries: 1, size: 5 },
      ],
    });
    expect((await images.path('/etc')).folder).toMatchObject({
      entries: 6,
      parts: [{ entries: 6 }, { entries: 1 }, { entries: 1 }],
    });
    expect((await images.path('/srv/empty')).folder).toMatchObject({ entries: 0, size: 0, parts: [] });
    expect((await images.path('/')).folder?.parts).toMatchObject(
      ['bootstrap', 'files', 'apt', 'tool', 'help'].map((kind, at) => ({ layer: { kind, number: at + 1 } })),
    );
  });

  it('that is missing gets suggestions', async () => {
    expect((await images.refused('child', { file: '/usr/bin/greet' })).hint).toBe(
      'Did you mean /usr/local/bin/greet?',
    );
    expect((await images.refused('child', { file: '/usr/bin/helo' })).hint).toBe(
      'Did you mean /usr/bin/hello?',
    );
    expect((await images.refused('child', { file: '/opt/fixtur.conf' })).hint).toBe(
      'Did you mean /etc/fixture.conf?',
    );
    expect((await images.refused('child', { file: '/nothing/like/it' })).hint).toContain(
      'explain --file /usr/local/bin',
    );
    expect((await images.refused('child', { file: '/usr/bin/hello/x' })).message).toContain(
      '/usr/bin/hello is not a folder',
    );
    expect((await images.refused('child', { file: '/usr/bin/round' })).message).toContain('cycle of links');
  });
});
