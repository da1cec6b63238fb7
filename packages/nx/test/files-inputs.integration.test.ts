import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, type Workspace } from './workspace';

let workspace: Workspace;
const rootfs = (path: string) => join(workspace.root, 'images/base/rootfs', path);

beforeAll(async () => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
  workspace.write('.gitignore', 'node_modules\ndist\n.nx\ncalls.log\n*.secret\nhidden/\n');
  workspace.write('images/base/image.json', { from: { debian: 'trixie' }, files: 'rootfs' });
  workspace.write('images/base/rootfs/etc/script', 'echo hello\n');
  workspace.write('images/base/rootfs/etc/plain', 'one');
  workspace.write('images/base/rootfs/etc/key.secret', 'one');
  workspace.write('images/base/rootfs/opt/node_modules/a/index.js', 'one');
  symlinkSync('/nowhere/one', rootfs('etc/link'));
  await workspace.nx('run base:build-amd64');
  workspace.calls();
});
afterAll(() => workspace.remove());

/** Returns what was built after a change. */
async function builtAfter(change: () => void): Promise<string[]> {
  change();
  const { exitCode, output } = await workspace.nx('run base:build-amd64');
  expect(exitCode, output).toBe(0);
  return workspace.calls();
}

const HASH_FILES = resolve(__dirname, '../bin/hash-files.sh');
const BUILT = ['build base --platform linux/amd64'];

/** Each changes the layer, and Nx itself does not see it: nrwl/nx#33660, #18830, #34080. */
describe('a build runs again after', () => {
  it.each<[string, () => void]>([
    ['a mode that git keeps', () => chmodSync(rootfs('etc/script'), 0o755)],
    [
      'a link to another target that is not on this machine',
      () => {
        rmSync(rootfs('etc/link'));
        symlinkSync('/nowhere/two', rootfs('etc/link'));
      },
    ],
    ['a new link to nowhere', () => symlinkSync('/nowhere', rootfs('etc/new'))],
    ['a file that .gitignore matches', () => writeFileSync(rootfs('etc/key.secret'), 'two')],
    ['a file that Nx always ignores', () => writeFileSync(rootfs('opt/node_modules/a/index.js'), 'two')],
    [
      'a folder that .gitignore matches',
      () => {
        mkdirSync(rootfs('hidden'));
        writeFileSync(rootfs('hidden/file'), 'one');
      },
    ],
    [
      'a name that is not UTF-8',
      () => writeFileSync(Buffer.concat([Buffer.from(rootfs('etc/')), Buffer.from([0xe9])]), ''),
    ],
    [
      'an ignored lock',
      () => workspace.write('.gitignore', 'node_modules\ndist\n.nx\ncalls.log\nlock.json\n'),
    ],
    ['the first content of an ignored lock', () => workspace.write('images/base/lock.json', { time: 1 })],
    ['another content of an ignored lock', () => workspace.write('images/base/lock.json', { time: 2 })],
  ])('%s', async (_what, change) => {
    expect(await builtAfter(change)).toEqual(BUILT);
  });
});

describe('a build is taken from the cache after', () => {
  it.each<[string, () => void]>([
    ['another time of a file', () => utimesSync(rootfs('etc/script'), 1, 1)],
    ['modes that git does not store', () => chmodSync(rootfs('etc/script'), 0o700)],
    [
      'a commit in a nested repository, whose .git is not in the layer',
      () => workspace.write('images/base/rootfs/etc/.git/HEAD', 'ref: refs/heads/main'),
    ],
  ])('%s', async (_what, change) => {
    expect(await builtAfter(change)).toEqual([]);
  });
});

describe('where there is no GNU tar', () => {
  const hash = (path?: string): string =>
    execFileSync('/bin/sh', [HASH_FILES, 'images/base/rootfs'], {
      cwd: workspace.root,
      encoding: 'utf8',
      env: { PATH: path ?? process.env['PATH'] },
    });

  it('Node sees the same changes', () => {
    const withoutTar = join(workspace.root, 'programs');
    mkdirSync(withoutTar);
    symlinkSync(process.execPath, join(withoutTar, 'node'));
    const seen = new Set<string>();
    const note = (): void => void seen.add(hash(withoutTar)).add(hash());
    note();
    chmodSync(rootfs('etc/plain'), 0o755);
    note();
    rmSync(rootfs('etc/link'));
    symlinkSync('/nowhere/three', rootfs('etc/link'));
    note();
    writeFileSync(rootfs('etc/plain'), 'other');
    note();
    utimesSync(rootfs('etc/plain'), 2, 2);
    chmodSync(rootfs('etc/plain'), 0o711);
    note();
    expect(seen.size).toBe(2 * 4);
  });
});

describe('a definition that Nx reads as before', () => {
  const before = '{ "from": { "debian": "trixie" }, "files": "rootfs" }';

  it.each([
    ['an extra comma', '{ "from": { "debian": "trixie" }, "files": "rootfs", }'],
    ['a missing comma', '{ "from": { "debian": "trixie" } "files": "rootfs" }'],
    ['a comment', '{ "from": { "debian": "trixie" }, "files": "rootfs" } // base'],
    ['a duplicate key', '{ "from": { "debian": "trixie" }, "files": "other", "files": "rootfs" }'],
  ])('is built, and so reported, with %s', async (_what, text) => {
    workspace.write('images/base/image.json', before);
    await builtAfter(() => undefined);
    workspace.write('images/base/image.json', text);
    await workspace.nx('run base:build-amd64');
    expect(workspace.calls()).toEqual(BUILT);
  });
});
