import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, type Workspace } from './workspace';

let workspace: Workspace;

/** A change to an image of its own, so that one run of Nx builds them all before, and one after. */
interface Case {
  readonly image: string;
  readonly what: string;
  readonly before?: (image: string) => void;
  readonly change: (image: string) => void;
}

type Change = readonly [what: string, change: Case['change'], before?: Case['before']];

function casesOf(kind: string, changes: readonly Change[]): Case[] {
  return changes.map(([what, change, before], at) => ({ image: `${kind}-${at}`, what, change, before }));
}

const rootfs = (image: string, path: string) => join(workspace.root, 'images', image, 'rootfs', path);

/** Each changes the layer, and Nx itself does not see it: nrwl/nx#33660, #18830, #34080. */
const CHANGED = casesOf('changed', [
  ['a mode that git keeps', (image) => chmodSync(rootfs(image, 'etc/script'), 0o755)],
  ['a link to another target that is not on this machine', (image) => linkTo(image, '/nowhere/two')],
  ['a new link to nowhere', (image) => symlinkSync('/nowhere', rootfs(image, 'etc/new'))],
  ['a file that .gitignore matches', (image) => writeFileSync(rootfs(image, 'etc/key.secret'), 'two')],
  ['a file that Nx always ignores', (image) => writeFileSync(rootfs(image, IN_NODE_MODULES), 'two')],
  ['a folder that .gitignore matches', (image) => writeHidden(image)],
  [
    'a name that is not UTF-8',
    (image) => writeFileSync(Buffer.concat([Buffer.from(rootfs(image, 'etc/')), Buffer.from([0xe9])]), ''),
  ],
  ['the first content of an ignored lock', (image) => writeLock(image, 1)],
  ['another content of an ignored lock', (image) => writeLock(image, 2), (image) => writeLock(image, 1)],
]);

const SAME = casesOf('same', [
  ['another time of a file', (image) => utimesSync(rootfs(image, 'etc/script'), 1, 1)],
  [
    'modes that git does not store',
    (image) => chmodSync(rootfs(image, 'etc/script'), 0o700),
    (image) => chmodSync(rootfs(image, 'etc/script'), 0o755),
  ],
  [
    'a commit in a nested repository, whose .git is not in the layer',
    (image) => workspace.write(`images/${image}/rootfs/etc/.git/HEAD`, 'ref: refs/heads/main'),
  ],
]);

/** Each has the meaning of `DEFINITION`, or is not JSON. */
const DEFINED = casesOf(
  'defined',
  [
    ['an extra comma', '{ "from": { "debian": "trixie" }, "files": "rootfs", }'],
    ['a missing comma', '{ "from": { "debian": "trixie" } "files": "rootfs" }'],
    ['a comment', '{ "from": { "debian": "trixie" }, "files": "rootfs" } // base'],
    ['a duplicate key', '{ "from": { "debian": "trixie" }, "files": "other", "files": "rootfs" }'],
  ].map(([what = '', text = '']): Change => [what, (image) => define(image, text)]),
);

/** The image that `hash-files.sh` is run on. */
const HASHED = 'hashed';
const IN_NODE_MODULES = 'opt/node_modules/a/index.js';
const DEFINITION = '{ "from": { "debian": "trixie" }, "files": "rootfs" }';
const IGNORED = ['node_modules', 'dist', '.nx', 'calls.log', '*.secret', 'hidden/', 'lock.json'];

const define = (image: string, text: string) => workspace.write(`images/${image}/image.json`, text);
const writeLock = (image: string, time: number) => workspace.write(`images/${image}/lock.json`, { time });

function linkTo(image: string, target: string): void {
  rmSync(rootfs(image, 'etc/link'), { force: true });
  symlinkSync(target, rootfs(image, 'etc/link'));
}

function writeHidden(image: string): void {
  mkdirSync(rootfs(image, 'hidden'));
  writeFileSync(rootfs(image, 'hidden/file'), 'one');
}

function writeImage(image: string): void {
  const write = (path: string, content: string) => workspace.write(`images/${image}/rootfs/${path}`, content);
  define(image, DEFINITION);
  write('etc/script', 'echo hello\n');
  write('etc/plain', 'one');
  write('etc/key.secret', 'one');
  write(IN_NODE_MODULES, 'one');
  linkTo(image, '/nowhere/one');
}

/** Builds the images of the cases. Returns the calls of `image-tooling`. */
async function builds(cases: readonly Case[], exitCode: number): Promise<string[]> {
  const images = cases.map(({ image }) => image).join();
  const ended = await workspace.nx(['run-many', '-t', 'build-amd64', '-p', images]);
  expect(ended.exitCode, ended.output).toBe(exitCode);
  return workspace.calls();
}

let calls: string[];
beforeAll(async () => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
  workspace.write('.gitignore', IGNORED.join('\n'));
  const all = [...CHANGED, ...SAME, ...DEFINED];
  for (const { image, before } of all) {
    writeImage(image);
    before?.(image);
  }
  writeImage(HASHED);
  expect(await builds(all, 0)).toHaveLength(all.length);
  for (const { image, change } of all) change(image);
  calls = [...(await builds([...CHANGED, ...SAME], 0)), ...(await builds(DEFINED, 1))];
});
afterAll(() => workspace.remove());

const titled = (cases: readonly Case[]) => cases.map(({ what, image }) => [what, image] as const);
const callOf = (image: string) => `build ${image} --platform linux/amd64`;

describe('a build runs again after', () => {
  it.each(titled(CHANGED))('%s', (_what, image) => expect(calls).toContain(callOf(image)));
});

describe('a build is taken from the cache after', () => {
  it.each(titled(SAME))('%s', (_what, image) => expect(calls).not.toContain(callOf(image)));
});

describe('a definition that Nx reads as before is built, and so reported, with', () => {
  it.each(titled(DEFINED))('%s', (_what, image) => expect(calls).toContain(callOf(image)));
});

const HASH_FILES = resolve(__dirname, '../bin/hash-files.sh');

describe('where there is no GNU tar', () => {
  const hash = (path?: string): string =>
    execFileSync('/bin/sh', [HASH_FILES, `images/${HASHED}/rootfs`], {
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
    chmodSync(rootfs(HASHED, 'etc/plain'), 0o755);
    note();
    linkTo(HASHED, '/nowhere/three');
    note();
    writeFileSync(rootfs(HASHED, 'etc/plain'), 'other');
    note();
    utimesSync(rootfs(HASHED, 'etc/plain'), 2, 2);
    chmodSync(rootfs(HASHED, 'etc/plain'), 0o711);
    note();
    expect(seen.size).toBe(2 * 4);
  });
});
