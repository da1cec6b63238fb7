import { chmod, readFile, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ImageLock } from '@image-tooling/model';
import { steady, type FixtureArchive, type FixturePackage, type WorkspaceRig } from '@image-tooling/testkit';
import { logger } from '@nx/devkit';
import { flushChanges, FsTree } from 'nx/src/generators/tree';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EXTRA, HELLO, writeImages } from '../packages/pipeline/test/fixture-images';
import { fixtureArchive, rigWithBase } from '../packages/pipeline/test/shared-base';
import { image } from '../packages/nx/src/generators/image/generator';

const LAUNCHER = resolve(__dirname, '../packages/cli/bin/image-tooling.cjs');
const PLATFORM = 'linux/amd64';

const NEWER_HELLO: FixturePackage = { ...HELLO, version: '1.1' };
const QUICK: FixturePackage = { name: 'fixture-quick' };
const OTHERS: readonly FixturePackage[] = [
  EXTRA,
  QUICK,
  { name: 'fixture-client', depends: 'fixture-hello' },
  // apt itself would rather move fixture-hello than take the other.
  { name: 'fixture-either', depends: 'fixture-hello (>= 1.1) | fixture-quick' },
  { name: 'fixture-strict', depends: 'fixture-hello (>= 1.1)' },
];

let archive: FixtureArchive;
let rig: WorkspaceRig;

beforeAll(async () => {
  vi.spyOn(logger, 'info').mockImplementation(() => undefined);
  archive = await fixtureArchive([QUICK]);
  rig = await rigWithBase({ archives: [archive] });
  await writeImages(rig);
  const program = 'node_modules/.bin/image-tooling';
  const engine = process.env['IMAGE_ENGINE'] ?? 'buildah';
  await rig.write(
    program,
    `#!/bin/sh\nIMAGE_STORE=${rig.store} IMAGE_ENGINE=${engine} exec ${process.execPath} ${LAUNCHER} "$@"\n`,
  );
  await chmod(join(rig.folder, program), 0o755);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await rig.remove();
  await archive.stop();
});

/** `npx nx g @image-tooling/nx:image`, as the README has it. */
async function generate(name: string, packages = ''): Promise<void> {
  const tree = new FsTree(rig.folder, false);
  const lock = await image(tree, { name, from: 'base', packages });
  flushChanges(rig.folder, tree.listChanges());
  await lock();
}

/** All files of images by path. */
async function files(): Promise<Map<string, string>> {
  const entries = await readdir(join(rig.folder, 'images'), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const sources = paths.filter((path) => !path.includes('/dist/')).sort();
  return new Map(
    await Promise.all(
      sources.map(async (path) => [path.slice(rig.folder.length + 1), await readFile(path, 'utf8')] as const),
    ),
  );
}

/** The files of images that `work` writes with another content, or for the first time. */
async function changedBy(work: () => Promise<unknown>): Promise<string[]> {
  const before = await files();
  await work();
  return [...(await files())].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
}

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(join(rig.folder, path), 'utf8')) as T;
}

async function locked(name: string) {
  const lock = await json<ImageLock>(`images/${name}/lock.json`);
  return lock.platforms[PLATFORM]!;
}

async function states(): Promise<string[]> {
  const { states } = await json<{ states: { id: string }[] }>('images/archive.lock.json');
  return states.map(({ id }) => id);
}

async function stderrOf(...args: string[]): Promise<string> {
  const { exitCode, stderr } = await rig.run(args);
  expect(exitCode).toBe(1);
  return steady(stderr, rig);
}

describe('an image that is added', () => {
  it('to a new workspace asks for the lock of its parent', async () => {
    expect(await stderrOf('lock', 'child')).toMatchInlineSnapshot(`
      "error: The image "base" has no lock. (lock-missing)
        images/base/image.json
        help: Run "npx nx run base:lock" and commit what it writes.
      "
    `);
    expect(await rig.must(['lock', 'base', '--family'])).toMatch(/base is locked\.\nchild is locked\.\n$/);
    expect(await states()).toEqual([(await locked('base')).state]);
    await rig.must(['check']);
  });

  it('the day after is locked over what its parent installs, and no other lock changes', async () => {
    await archive.republish({ packages: [NEWER_HELLO, ...OTHERS] });
    expect(await changedBy(() => generate('my-tools', 'fixture-client,fixture-either'))).toEqual([
      'images/archive.lock.json',
      'images/my-tools/image.json',
      'images/my-tools/lock.json',
    ]);
    const [base, own] = [await locked('base'), await locked('my-tools')];
    expect(own.packages.map(({ name }) => name)).toEqual([
      'fixture-client',
      'fixture-either',
      'fixture-quick',
    ]);
    expect(own.time).toBeGreaterThanOrEqual(base.time);
    expect(own.state).not.toBe(base.state);
    expect(await states()).toEqual([base.state, own.state].sort());
    await rig.must(['check']);
  });

  it('builds nothing of its parent again, and has what was locked', async () => {
    expect(await rig.must(['build', 'base'])).not.toMatch(/ built/);
    expect(await rig.must(['build', 'my-tools'])).toContain('my-tools: apt layer  built');
  });

  it('without packages asks no archive, and writes its own lock alone', async () => {
    archive.requests.length = 0;
    expect(await changedBy(() => generate('plain'))).toEqual([
      'images/plain/image.json',
      'images/plain/lock.json',
    ]);
    expect(archive.requests).toEqual([]);
    expect(await locked('plain')).toMatchObject({ time: (await locked('base')).time, packages: [] });
    await rig.must(['check']);
  });

  it('that needs a newer package of its parent is refused: which, for what, and how to move that family', async () => {
    await rig.write('images/strict/image.json', {
      description: 'Needs more',
      from: { image: 'base' },
      packages: ['fixture-strict'],
      platforms: [PLATFORM],
    });
    let said = '';
    expect(await changedBy(async () => (said = await stderrOf('lock', 'strict')))).toEqual([]);
    expect(said).toMatchInlineSnapshot(`
      "error: The packages of "strict" (amd64) can't be installed: fixture-hello 1.0 of "base" would have to be 1.1, since fixture-strict 1.0 depends on fixture-hello (>= 1.1). A child never changes a package of its parent. (parent-changed)
        help: Lock "base" and all images based on it again: npx nx run base:lock --family
      "
    `);
  });

  it('says which family must move where no mirror has a package of its parent any more', async () => {
    const hello = (await locked('base')).packages.find(({ name }) => name === HELLO.name)!;
    await rm(join(rig.store, 'blobs/sha256', hello.sha256));
    expect(await stderrOf('lock', 'strict')).toMatchInlineSnapshot(`
      "error: fixture-hello 1.0 (all) can't be downloaded: no mirror of the archive "fixture" has this version. (gone)
        http://127.0.0.1:<port>/pool/main/fixture-hello_1.0_all.deb: HTTP 404 Not Found
        help: Lock "base" and all images based on it again (npx nx run base:lock --family), or configure a mirror that still has this version.
      "
    `);
  });
});

describe('a parent that is locked again', () => {
  it('says which images must be, and a check says it of each lock', async () => {
    let said = '';
    expect(await changedBy(async () => (said = await rig.must(['lock', 'base'])))).toEqual([
      'images/base/lock.json',
    ]);
    expect(said).toContain(
      'Based on base, which must be locked again: child, my-tools, plain (npx nx run base:lock --family).',
    );
    const { stdout, stderr } = await rig.run(['check']);
    expect(steady(stdout + stderr, rig)).toMatchInlineSnapshot(`
      "5 images, 0 tools: 4 mistakes
      error: The lock of "child" was made for other packages of its parent "base" than are locked now. (lock-stale)
        images/child/lock.json:5:10
          4 |   "linux/amd64": {
          5 |    "on": "sha256:<sha256>",
            |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ of another lock
        help: Run "npx nx run child:lock" and commit what it writes.

      error: The lock of "my-tools" was made for other packages of its parent "base" than are locked now. (lock-stale)
        images/my-tools/lock.json:5:10
          4 |   "linux/amd64": {
          5 |    "on": "sha256:<sha256>",
            |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ of another lock
        help: Run "npx nx run my-tools:lock" and commit what it writes.

      error: The lock of "plain" was made for other packages of its parent "base" than are locked now. (lock-stale)
        images/plain/lock.json:5:10
          4 |   "linux/amd64": {
          5 |    "on": "sha256:<sha256>",
            |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ of another lock
        help: Run "npx nx run plain:lock" and commit what it writes.

      error: The image "strict" has no lock. (lock-missing)
        images/strict/image.json
        help: Run "npx nx run strict:lock" and commit what it writes.

      4 errors in 4 files
      "
    `);
  });

  it('moves with its whole family, in one state of the archive', async () => {
    await rig.must(['lock', 'base', '--family']);
    const names = ['base', 'child', 'my-tools', 'strict'];
    const used = await Promise.all(names.map(async (name) => (await locked(name)).state));
    expect(new Set(used)).toEqual(new Set(await states()));
    expect(await states()).toHaveLength(1);
    await rig.must(['check']);
  });

  it('changes nothing where the archive moved on elsewhere', async () => {
    await archive.republish({ packages: [NEWER_HELLO, ...OTHERS, { name: 'fixture-elsewhere' }] });
    expect(await changedBy(() => rig.must(['lock', 'base', '--family']))).toEqual([]);
  });
});
