import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  digestOf,
  type ImageExplanation,
  type ImageLock,
  type RecordedLayer,
  type Why,
} from '@image-tooling/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { buildProject } from '../src/build';
import { ExplainedImages, PLATFORM } from './explained-images';

let images: ExplainedImages;

beforeAll(async () => {
  images = await ExplainedImages.make();
}, 60_000);

afterAll(() => images.remove());

describe('what a build would do', () => {
  const why = (name = 'child') => images.ask<Why>(name, { why: true });
  const summary = ({ projects }: Why) => projects.map(({ name, result }) => `${name} ${result}`);

  /** Changes a file for one question. */
  async function changed<T>(file: string, change: object, work: () => Promise<T>): Promise<T> {
    const whole = join(images.rig.folder, file);
    const before = await readFile(whole, 'utf8');
    await images.edit(file, change);
    try {
      return await work();
    } finally {
      await writeFile(whole, before);
    }
  }

  it('is nothing after a build', async () => {
    expect(summary(await why())).toEqual(['base same', 'greet same', 'child same']);
  });

  it('stops at a label of the parent, which is restacked', async () => {
    const told = await changed('images/base/image.json', { config: { labels: { team: 'x' } } }, why);
    expect(summary(told)).toEqual(['base restack', 'greet same', 'child same']);
    expect(told.projects[0]?.config).toEqual(['label team: new, x']);
  });

  it('reaches the child with a variable of the parent, and with help of its own', async () => {
    const config = { env: { GREETING: 'hi' } };
    const told = await changed('images/base/image.json', { config, description: 'Another' }, why);
    expect(summary(told)).toEqual(['base restack', 'greet same', 'child restack']);
    expect(told.projects[0]?.layers[0]?.differences).toEqual(['text, line 1: base: A base → base: Another']);
    expect(told.projects[2]?.config).toEqual(['env GREETING: new, hi']);
  });

  it('builds a changed file of the rootfs, by its path', async () => {
    const file = join(images.rig.folder, 'images/base/rootfs/etc/fixture.conf');
    await writeFile(file, 'changed\n');
    const told = await why();
    await writeFile(file, 'from the rootfs\n');
    expect(summary(told)).toEqual(['base build', 'greet same', 'child restack']);
    expect(told.projects[0]?.layers[0]?.differences).toEqual([
      expect.stringMatching(/^files\.etc\/fixture\.conf\.sha256: \w{12}… → \w{12}…$/),
    ]);
    expect(told.projects[2]?.layers).toMatchObject([
      { kind: 'files', owner: 'base', own: false, change: 'changed' },
    ]);
  });

  it('foresees the build ids that a build then gives', async () => {
    const file = join(images.rig.folder, 'images/base/rootfs/etc/fixture.conf');
    await writeFile(file, 'changed\n');
    const foreseen = (await why()).projects.at(-1)?.layers.map(({ after }) => after);
    for (const name of ['base', 'child']) valueOf(await buildProject(images.session, name, PLATFORM));
    const { layers } = await images.ask<ImageExplanation>('child');
    expect(foreseen).toHaveLength(1);
    expect(layers.map(({ buildId }) => buildId)).toEqual(expect.arrayContaining(foreseen ?? []));
    expect(summary(await why())).toEqual(['base same', 'greet same', 'child same']);
    await writeFile(file, 'from the rootfs\n');
    const back = await why();
    expect(back.projects[0]).toMatchObject({ result: 'restack', layers: [{ inStore: true }] });
    await images.build();
  });

  it('builds users and all system layers above them', async () => {
    const users = [{ name: 'toolbox', uid: 1000, home: '/home/toolbox' }];
    const told = await changed('images/base/image.json', { users }, why);
    expect(summary(told)).toEqual(['base build', 'greet same', 'child build']);
    const [bootstrap] = told.projects[0]?.layers ?? [];
    expect(bootstrap?.differences?.[0]).toMatch(/^users\.toolbox: new, \{.*"uid":1000/);
    const apt = told.projects[2]?.layers.find(({ kind }) => kind === 'apt');
    expect(apt?.differences).toEqual([expect.stringMatching(/^chain\.bootstrap of base: /)]);
  });

  it('compiles a tool with another flag, and restacks its image', async () => {
    const sources = { go: { package: 'fixture.invalid/greet', tags: ['netgo'] } };
    const told = await changed('tools/greet/tool.json', { sources }, why);
    expect(summary(told)).toEqual(['base same', 'greet build', 'child restack']);
    expect(told.projects[1]?.layers[0]?.differences).toEqual(['source.tags: new, netgo']);
  });

  it('of a package is reported after it is locked; before that, the stale lock', async () => {
    const packages = ['hello', 'more'];
    const stale = await changed('images/base/image.json', { packages }, why);
    expect(stale.blockedBy).toMatchObject([
      { code: 'lock-stale', message: expect.stringContaining('"more"') as string },
    ]);
    expect(stale.projects).toEqual([]);
  });

  it('of a tool is reported if tool.json has another version or package than its lock', async () => {
    const version = await changed('tools/greet/tool.json', { version: '9.9.9' }, () => why('greet'));
    expect(version.blockedBy).toMatchObject([
      { message: expect.stringContaining('but its definition says 9.9.9') as string, place: { line: 5 } },
    ]);
    const sources = { go: { package: 'fixture.invalid/other' } };
    const other = await changed('tools/greet/tool.json', { sources }, () => why('greet'));
    expect(other.blockedBy).toMatchObject([{ code: 'lock-stale', place: { file: 'tools/greet/lock.json' } }]);
  });

  it('reports a child’s lock that was made for other packages of its parent', async () => {
    const told = await changed('images/child/lock.json', {}, async () => {
      await images.lock('child', { on: digestOf('other'), packages: [] });
      return why();
    });
    expect(told.blockedBy).toMatchObject([
      { code: 'lock-stale', message: expect.stringContaining('other packages of its parent') as string },
      { code: 'lock-stale', message: expect.stringContaining('"extra"') as string },
    ]);
  });

  it('of an image that was never built has all layers', async () => {
    const definition = { description: 'New', from: { image: 'base' }, platforms: [PLATFORM] };
    await images.rig.write('images/fresh/image.json', definition);
    const lock = await readFile(join(images.rig.folder, 'images/child/lock.json'), 'utf8');
    const { on } = (JSON.parse(lock) as ImageLock).platforms[PLATFORM] ?? {};
    await images.lock('fresh', { on, packages: [] });
    const told = await why('fresh');
    await rm(join(images.rig.folder, 'images/fresh'), { recursive: true });
    expect(told.projects.at(-1)).toMatchObject({ name: 'fresh', builtBefore: false, result: 'restack' });
    expect(told.projects.at(-1)?.layers.map(({ change }) => change)).toEqual(['new', 'new', 'new']);
  });
});

describe('a store that lost something', () => {
  const blob = (layer: RecordedLayer) => images.session.store.blobPath(layer.digest);

  it('is reported by layer, and for the image that needs its blob, with the command that gets it', async () => {
    const apt = await images.layer('child', 'apt');
    const content = await readFile(blob(apt));
    await rm(blob(apt));
    expect(await images.layer('child', 'apt')).toMatchObject({ inStore: false });
    const failure = await images.refused('child', { file: '/usr/bin/extra' });
    expect(failure).toMatchObject({
      code: 'store-corrupt',
      hint: expect.stringContaining('npx nx run child:load') as string,
    });
    await writeFile(blob(apt), 'not what it was');
    expect((await images.refused('child', { file: '/usr/bin/extra' })).code).toBe('store-corrupt');
    await writeFile(blob(apt), content);
    expect((await images.path('/usr/bin/extra')).found).toBeDefined();
  });

  it('is reported if the path list of a layer is missing', async () => {
    const { diffId = digestOf('') } = await images.layer('child', 'apt');
    await rm(join(images.rig.store, 'paths', `${diffId.slice('sha256:'.length)}.json`));
    expect(await images.refused('child', { file: '/etc/made' })).toMatchObject({ code: 'store-corrupt' });
    await images.build();
  });

  it('leaves only the help layer and labels unexplained without the config', async () => {
    const { config } = await images.ask<ImageExplanation>('child');
    await rm(images.session.store.blobPath(config));
    const { layers } = await images.ask<ImageExplanation>('child');
    expect(layers.at(-1)).not.toHaveProperty('buildId');
    const told = await images.ask<Why>('child', { why: true });
    expect(told.projects.at(-1)).toMatchObject({ result: 'same', configKnown: false });
    valueOf(await buildProject(images.session, 'child', PLATFORM));
  });

  it('is reported if the config was altered', async () => {
    const { config } = await images.ask<ImageExplanation>('child');
    await writeFile(images.session.store.blobPath(config), '{}');
    expect((await images.refused('child')).code).toBe('store-corrupt');
    valueOf(await buildProject(images.session, 'child', PLATFORM));
  });
});

describe('the command', () => {
  it('prints JSON, and fails if nothing can be built', async () => {
    const { rig } = images;
    const json = await rig.must(['explain', 'child', '--file', '/usr/bin/hello', '--json']);
    expect(JSON.parse(json)).toMatchObject({ explainVersion: 2, explains: 'path', path: '/usr/bin/hello' });
    await rig.write('images/base/lock.json', { lockVersion: 1, platforms: {} });
    const end = await rig.run(['explain', 'child', '--why']);
    expect(end).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('lock-stale') as string });
  });
});
