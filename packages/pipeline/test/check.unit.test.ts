import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packagesDigest } from '@image-tooling/model';
import { SILENT } from '@image-tooling/testkit/helpers';
import { checkAll } from '../src/check';

const CONTEXT = {
  signal: new AbortController().signal,
  progress: SILENT,
};

type Files = Readonly<Record<string, unknown>>;

function workspace(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'check-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries({ 'nx.json': {}, ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    const isPlain = typeof content === 'string' || Buffer.isBuffer(content);
    writeFileSync(join(root, name), isPlain ? content : JSON.stringify(content));
  }
  return root;
}

function mistakes(files: Files): Promise<string[]> {
  return mistakesIn(workspace(files));
}

async function mistakesIn(root: string): Promise<string[]> {
  const checked = await checkAll({
    root,
    env: { IMAGE_STORE: join(root, 'store') },
    context: CONTEXT,
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.failures));
  expect(existsSync(join(root, 'store'))).toBe(false);
  return checked.value.failures.map(({ code, message }) => `${code}: ${message}`);
}

const PLATFORM = 'linux/amd64';
const lock = (platform: object) => ({
  lockVersion: 1,
  platforms: { [PLATFORM]: { time: 1, packages: [], ...platform } },
});

const IMAGES: Files = {
  'images/base/image.json': { description: 'Base', from: { debian: 'trixie' }, platforms: [PLATFORM] },
  'images/base/lock.json': lock({ bootstrap: [] }),
  'images/child/image.json': { description: 'Child', from: { image: 'base' }, platforms: [PLATFORM] },
  'images/child/lock.json': lock({ on: packagesDigest(undefined, []) }),
};

describe('a check', () => {
  it('finds no mistake in a valid workspace, and opens no store', async () => {
    expect(await mistakes(IMAGES)).toEqual([]);
  });

  it('reports mistakes in the policies of scans', async () => {
    expect(
      await mistakes({
        ...IMAGES,
        'scan.json': { fail: ['all'] },
        'images/child/scan.json': { database: 'x' },
      }),
    ).toEqual([
      'schema: "fail[0]": expected "critical" or "high" or "medium" or "low" or "unknown".',
      'schema: "database": expected "registries", "none", or an object with "scanner", "image", "mirror".',
    ]);
  });

  it('reports a policy of an image in a workspace that is not scanned', async () => {
    expect(await mistakes({ ...IMAGES, 'images/child/scan.json': {} })).toEqual([
      'usage: There is images/child/scan.json, but no scan.json in the root of the workspace: images are not scanned.',
    ]);
  });

  it('reports missing folders, not that nothing is wrong in them', async () => {
    const options = (given: object) => ({ plugins: [{ plugin: '@image-tooling/nx', options: given }] });
    expect(await mistakes({})).toEqual(['usage: There is no folder "images": no images were checked.']);
    expect(await mistakes({ ...IMAGES, 'nx.json': options({ toolsDir: 'tolls' }) })).toEqual([
      'usage: There is no folder "tolls": no tools were checked.',
    ]);
  });

  it('reports folders that are not read: links, and locks or definitions that are alone', async () => {
    const root = workspace({
      ...IMAGES,
      'elsewhere/image.json': IMAGES['images/base/image.json'],
      'images/lost/lock.json': lock({}),
      'tools/image/image.json': '{}',
      'images/empty/notes.md': '',
    });
    symlinkSync('../elsewhere', join(root, 'images/linked'));
    symlinkSync('../gone', join(root, 'tools/gone'));
    symlinkSync('../nx.json', join(root, 'images/nx.json'));
    symlinkSync('host.1234', join(root, 'images/.#README.md'));
    expect((await mistakesIn(root)).sort()).toEqual([
      'usage: "images/linked" is a symbolic link to ../elsewhere: Nx does not follow links, so no image in it can be built.',
      'usage: "images/lost" holds lock.json, but no image.json: it is ignored.',
      'usage: "tools/gone" is a symbolic link to ../gone: Nx does not follow links, so no tool in it can be built.',
      'usage: "tools/image" holds image.json, but no tool.json: it is ignored.',
    ]);
    renameSync(join(root, 'images'), join(root, 'all'));
    symlinkSync('all', join(root, 'images'));
    expect(await mistakesIn(root)).toContain(
      'usage: "images" is a symbolic link to all: Nx does not follow links, so no images in it can be built.',
    );
  });

  it('reports files in place of a declared folder or a home, locked or not', async () => {
    const base = IMAGES['images/base/image.json'] as object;
    const users = [{ name: 'u', uid: 1000, home: '/home/u' }];
    const directories = ['/work', '/link/below', '/bin/x', '/kept'].map((path) => ({ path, mode: '0755' }));
    const root = workspace({
      ...IMAGES,
      'images/base/image.json': { ...base, users },
      'images/other/image.json': { ...base, from: { image: 'base' }, files: 'rootfs', directories },
      'images/other/rootfs/work': '',
      'images/other/rootfs/kept/file': '',
      'images/other/rootfs/home/u': '',
    });
    symlinkSync('/srv', join(root, 'images/other/rootfs/link'));
    expect(await mistakesIn(root)).toEqual([
      'lock-missing: The image "other" has no lock.',
      'rootfs: "directories" has the folder /work, but "rootfs" has the file /work.',
      'rootfs: "directories" has the folder /link/below, but "rootfs" has the link /link.',
      'rootfs: The home of the user "u" is /home/u, but "rootfs" has the file /home/u.',
    ]);
  });

  it('reports files that are not text, or too large, in addition to mistakes of others', async () => {
    const latin1 = Buffer.from('{ "description": "caf\u00e9" }', 'latin1');
    const found = await mistakes({
      ...IMAGES,
      'images/a/image.json': latin1,
      'images/b/image.json': ' '.repeat(2 ** 20 + 1),
      'images/c/image.json/x': '',
      'images/child/lock.json': latin1,
      'tools/d/tool.json': '{',
    });
    expect(found.map((line) => line.slice(0, 40)).sort()).toEqual([
      'io: images/c/image.json is not a file.',
      'json-syntax: Invalid JSON: expected "}".',
      'json-syntax: The file is not UTF-8: 0xe9',
      'json-syntax: The file is not UTF-8: 0xe9',
      'too-large: The file has 1048577 bytes; a',
    ]);
  });

  it('reports an unreadable nx.json', async () => {
    const found = await mistakes({ ...IMAGES, 'nx.json': Buffer.of(0x7b, 0xff) });
    expect(found).toEqual(['json-syntax: The file is not UTF-8: 0xff at byte 1.']);
  });

  it('reports mistakes of definitions and of other locks in one run', async () => {
    const found = await mistakes({
      ...IMAGES,
      'images/broken/image.json': '{ "description": ',
      'images/other/image.json': { ...(IMAGES['images/base/image.json'] as object), tools: ['gone'] },
      'images/unlocked/image.json': IMAGES['images/base/image.json'],
      'images/child/lock.json': lock({ on: `sha256:${'0'.repeat(64)}` }),
    });
    expect(found.map((line) => line.split(':')[0]).sort()).toEqual([
      'json-syntax',
      'lock-missing',
      'lock-stale',
      'unknown-reference',
    ]);
    expect(found.join('\n')).toContain(
      'The lock of "child" was made for other packages of its parent "base" than are locked now.',
    );
  });

  it('reports once what a tool’s lock lacks if its image can’t be read', async () => {
    const found = await mistakes({
      'images/broken/image.json': '{',
      'tools/x/tool.json': {
        description: 'X',
        homepage: 'https://example.invalid',
        license: 'MIT',
        version: '1.0.0',
        sources: { go: { package: 'example.invalid/x' } },
      },
    });
    expect(found.filter((line) => !line.startsWith('json-syntax'))).toEqual([
      'lock-missing: The tool "x" has no lock.',
    ]);
  });

  it('detects collisions of files and programs without any layer', async () => {
    const files = { files: 'rootfs' };
    const found = await mistakes({
      ...IMAGES,
      'images/base/image.json': { ...(IMAGES['images/base/image.json'] as object), ...files },
      'images/base/rootfs/etc/passwd': 'x',
      'images/base/rootfs/etc/one.conf': 'x',
      'images/child/image.json': { ...(IMAGES['images/child/image.json'] as object), ...files },
      'images/child/rootfs/etc/one.conf': 'y',
      'images/child/rootfs/bin/x': 'y',
    });
    expect(found.sort()).toEqual([
      'collision: /etc/one.conf comes from two layers: the files layer of base and the files layer of child.',
      'collision: the files layer of base holds /etc/passwd, which is generated from the users that images declare.',
      "collision: the files layer of child would replace the system's symlink /bin by a folder.",
    ]);
  });

  it('reports a rootfs that is a link out of the workspace', async () => {
    const base = IMAGES['images/base/image.json'] as object;
    const root = workspace({
      ...IMAGES,
      'images/base/image.json': { ...base, files: 'rootfs' },
      'other/file': '',
    });
    symlinkSync(join(root, 'other'), join(root, 'images/base/rootfs'));
    expect(await mistakesIn(root)).toEqual([
      `rootfs: "rootfs", which "files" names, is a link or below one: it leads to ${join(root, 'other')}.`,
    ]);
  });

  it('reports a missing rootfs', async () => {
    const base = IMAGES['images/base/image.json'] as object;
    expect(await mistakes({ ...IMAGES, 'images/base/image.json': { ...base, files: 'rootfs' } })).toEqual([
      'rootfs: There is no folder "rootfs" next to image.json, which "files" names.',
    ]);
  });

  it('continues if nx.json has a mistake, and ends without a workspace', async () => {
    const options = { plugins: [{ plugin: '@image-tooling/nx', options: { imageDir: 'x' } }] };
    const found = await mistakes({ 'nx.json': options, 'images/broken/image.json': '{' });
    expect(found.map((line) => line.split(':')[0])).toEqual(['schema', 'json-syntax']);
    const nowhere = await checkAll({ root: '/nowhere/at-all', env: {}, context: CONTEXT });
    expect(!nowhere.ok && nowhere.failures[0].code).toBe('usage');
  });
});
