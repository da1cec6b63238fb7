import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DigestFile } from '@image-tooling/model';
import type { FixtureArchive, FixturePackage, WorkspaceRig } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXTRA, HELLO, writeImages } from './fixture-images';
import { fixtureArchive, rigWithBase } from './shared-base';

const STATES = 30;
const FIRST_MS = Date.parse('2025-01-01T00:00:00Z');
const HOUR_MS = 3_600_000;
const OTHER: FixturePackage = { name: 'fixture-other', files: { 'usr/share/other': 'other\n' } };
/** Parents first. */
const IMAGES = ['base', 'child', 'above', 'other'] as const;

let archive: FixtureArchive;
let rig: WorkspaceRig;
/** Versions of packages of ours. */
const ours = new Map([HELLO, EXTRA, OTHER].map((one) => [one.name, { ...one, version: '1.0' }]));
let state = 0;

beforeAll(async () => {
  archive = await fixtureArchive([OTHER, noise()]);
  rig = await rigWithBase({ archives: [archive] });
  await writeImages(rig);
  const platforms = ['linux/amd64'];
  const above = { description: 'On the child, without packages', from: { image: 'child' }, platforms };
  await rig.write('images/above/image.json', above);
  const other = {
    description: 'Next to the child',
    from: { image: 'base' },
    packages: ['fixture-other'],
    platforms,
  };
  await rig.write('images/other/image.json', other);
  await rig.must(['lock', 'base', '--family']);
  await buildAll();
});
afterAll(async () => {
  await rig.remove();
  await archive.stop();
});

/** A package that no image has. */
function noise(): FixturePackage {
  return { name: 'fixture-noise', version: `1.${state}`, files: { 'usr/share/noise': `${state}\n` } };
}

/** Publishes one more state: signed again, with another date, and another version of what no image has. */
async function nextState(): Promise<void> {
  state += 1;
  const date = new Date(FIRST_MS + state * HOUR_MS);
  await archive.republish({ packages: [...ours.values(), noise()], date });
}

async function buildAll(): Promise<void> {
  for (const image of IMAGES) await rig.must(['build', image]);
}

async function digests(): Promise<Record<string, string>> {
  const read = IMAGES.map(async (image) => {
    const file = join(rig.folder, 'images', image, 'dist/linux-amd64/digest.json');
    return [image, (JSON.parse(await readFile(file, 'utf8')) as DigestFile).manifest] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

interface Report {
  readonly images: readonly {
    readonly name: string;
    readonly isChanged: boolean;
    readonly packages: readonly object[];
  }[];
  readonly files: readonly string[];
}

async function update(): Promise<Report> {
  return JSON.parse(await rig.must(['update', '--all', '--json'])) as Report;
}

interface Stale {
  readonly images: readonly {
    readonly name: string;
    readonly packages: readonly object[];
    readonly below: readonly object[];
  }[];
}

/** Returns the images that "stale" reports, with their own packages, and those only stale below. */
async function stale(): Promise<Record<string, string>> {
  const { images } = JSON.parse(await rig.must(['stale', '--json'])) as Stale;
  const found = images.filter(({ packages, below }) => packages.length + below.length > 0);
  return Object.fromEntries(found.map(({ name, packages }) => [name, packages.length > 0 ? 'own' : 'below']));
}

describe('states of the archive', () => {
  it(`give no new digest if no package of ours is in them: ${STATES} of them`, async () => {
    const before = await digests();
    expect(new Set(Object.values(before)).size).toBe(IMAGES.length);
    for (let at = 0; at < STATES; at += 1) {
      await nextState();
      expect(await stale()).toEqual({});
      const { images, files } = await update();
      expect(images.map(({ name, isChanged }) => [name, isChanged])).toEqual(
        expect.arrayContaining(IMAGES.map((name) => [name, false])),
      );
      expect(files).toEqual([]);
      // With the same locks a build is the same: a look from time to time is enough.
      if (state % 10 !== 0) continue;
      await buildAll();
      expect(await digests()).toEqual(before);
    }
  });

  it.each<[changed: string, own: string, reached: readonly string[]]>([
    ['fixture-other', 'other', ['other']],
    ['fixture-extra', 'child', ['child', 'above']],
    ['fixture-hello', 'base', IMAGES],
  ])('with a new %s give new digests to the images that hold it alone', async (name, own, reached) => {
    const before = await digests();
    const changed = ours.get(name)!;
    ours.set(name, {
      ...changed,
      version: `${changed.version}.1`,
      files: { ...changed.files, [`usr/share/${name}-new`]: 'new\n' },
    });
    await nextState();
    expect(await stale()).toEqual(
      Object.fromEntries(reached.map((image) => [image, image === own ? 'own' : 'below'])),
    );
    const { images } = await update();
    expect(images.flatMap(({ name: image, packages }) => (packages.length > 0 ? [image] : []))).toEqual([
      own,
    ]);
    await buildAll();
    const after = await digests();
    expect(IMAGES.filter((image) => before[image] !== after[image])).toEqual([...reached]);
    expect(await stale()).toEqual({});
  });
});
