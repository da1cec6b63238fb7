import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '@image-tooling/engines';
import { neededPrograms } from '@image-tooling/engines/programs';
import { parseImage } from '@image-tooling/model';
import { addProjectConfiguration, logger, readJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { init } from '../src/generators/init/generator';
import { missingPackages } from '../src/machine';
import { nextSteps } from '../src/generators/init/next-steps';

let tree: Tree;

beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
  // Else it has a formatter that is not installed here.
  for (const file of tree.children('.').filter((name) => name.startsWith('.oxfmtrc'))) tree.delete(file);
});
afterEach(() => vi.restoreAllMocks());

/** All files, but those of the empty workspace that stay as they are. */
function files(): Record<string, string> {
  const changes = tree.listChanges().map(({ path }) => [path, tree.read(path, 'utf8') ?? ''] as const);
  return Object.fromEntries(changes);
}

describe('init', () => {
  it('writes what a workspace of images needs', async () => {
    await init(tree, {});
    expect(readJson(tree, 'nx.json')).toMatchObject({
      plugins: [{ plugin: '@image-tooling/nx', options: {} }],
    });
    expect(readJson(tree, 'package.json')).toMatchObject({
      devDependencies: { '@image-tooling/cli': '0.0.0', '@image-tooling/nx': '0.0.0' },
    });
    expect(tree.read('.gitignore', 'utf8')?.split('\n')).toEqual(
      expect.arrayContaining(['.nx/cache', '.nx/workspace-data', 'images/*/dist', 'tools/*/dist']),
    );
    expect(tree.read('.nxignore', 'utf8')).toContain('images/*/README.md');
    expect(tree.read('.gitattributes', 'utf8')).toBe('images/** -text\ntools/** -text\n');
    expect(tree.children('trust').sort()).toEqual(['README.md', 'debian', 'debian-security']);
    expect(tree.read('trust/debian/trixie-stable.asc', 'utf8')).toMatch(
      /^-----BEGIN PGP PUBLIC KEY BLOCK-----/,
    );
    expect(tree.exists('tools/.gitkeep')).toBe(true);
  });

  it('writes a valid base image, with a schema that an editor finds', async () => {
    await init(tree, {});
    const text = tree.read('images/base/image.json', 'utf8') ?? '';
    expect(parseImage('images/base/image.json', text)).toMatchObject({ ok: true });
    expect(JSON.parse(text)).toMatchObject({
      $schema: '../../node_modules/@image-tooling/nx/schemas/image.schema.json',
      from: { debian: 'trixie' },
    });
  });

  it('changes nothing when it is run again', async () => {
    await init(tree, {});
    const before = files();
    await init(tree, {});
    expect(files()).toEqual(before);
  });

  it('excludes images and tools from target defaults that would decide their caching', async () => {
    const build = { dependsOn: ['^build'], inputs: ['production', '^production'], cache: true };
    const own = [{ filter: { projects: ['tag:web'] }, cache: true }];
    tree.write('nx.json', JSON.stringify({ targetDefaults: { build, '*-e2e': own, lint: { cache: true } } }));
    await init(tree, {});
    const before = files();
    expect(readJson<object>(tree, 'nx.json')).toMatchObject({
      targetDefaults: {
        build: [{ filter: { projects: ['!tag:type:image', '!tag:type:tool'] }, ...build }],
        '*-e2e': own,
        lint: { cache: true },
      },
    });
    await init(tree, {});
    expect(files()).toEqual(before);
  });

  it('keeps what nx.json has, with its comments, and other plugins', async () => {
    const text = '{\n  // ours\n  "defaultBase": "trunk",\n  "plugins": ["@nx/eslint/plugin"]\n}\n';
    tree.write('nx.json', text);
    await init(tree, {});
    const changed = tree.read('nx.json', 'utf8') ?? '';
    expect(changed).toContain('// ours');
    expect(readJson(tree, 'nx.json')).toEqual({
      defaultBase: 'trunk',
      plugins: ['@nx/eslint/plugin', { plugin: '@image-tooling/nx', options: {} }],
    });
  });

  it.each([['@image-tooling/nx'], [{ plugin: '@image-tooling/nx', options: { imagesDir: 'containers' } }]])(
    'keeps an existing plugin entry: %j',
    async (entry) => {
      const text = JSON.stringify({ plugins: [entry] });
      tree.write('nx.json', text);
      await init(tree, {});
      expect(readJson(tree, 'nx.json')).toEqual({ plugins: [entry] });
    },
  );

  it('takes the folders that nx.json names', async () => {
    const options = { imagesDir: 'containers', toolsDir: 'programs' };
    tree.write('nx.json', JSON.stringify({ plugins: [{ plugin: '@image-tooling/nx', options }] }));
    await init(tree, {});
    expect(tree.exists('containers/base/image.json')).toBe(true);
    expect(tree.exists('programs/.gitkeep')).toBe(true);
    expect(tree.exists('images')).toBe(false);
    expect(tree.read('.gitignore', 'utf8')).toContain('containers/*/dist');
  });

  it('touches nothing in existing folders', async () => {
    tree.write('images/logo.svg', '<svg/>');
    tree.write('images/base/image.json', '{"description": "mine"}');
    tree.write('trust/debian/trixie-stable.asc', 'mine');
    await init(tree, {});
    expect(tree.read('images/logo.svg', 'utf8')).toBe('<svg/>');
    expect(readJson(tree, 'images/base/image.json')).toEqual({ description: 'mine' });
    expect(tree.read('trust/debian/trixie-stable.asc', 'utf8')).toBe('mine');
    expect(tree.children('images').sort()).toEqual(['base', 'logo.svg']);
  });

  it('adds no line that an ignore file has in another form', async () => {
    tree.write('.gitignore', '/node_modules/\ndist\n.nx/\n');
    await init(tree, {});
    expect(tree.read('.gitignore', 'utf8')).toBe('/node_modules/\ndist\n.nx/\n');
  });

  it('formats what it writes as the workspace does', async () => {
    tree.write('.prettierrc', '{"tabWidth": 7}');
    await init(tree, {});
    expect(tree.read('images/base/image.json', 'utf8')).toContain('\n       "from": { "debian": "trixie" }');
  });

  it('writes no base image if it is not wanted', async () => {
    await init(tree, { base: false });
    expect(tree.children('images')).toEqual(['.gitkeep']);
  });

  it('writes no base image if a project has its name, and says so', async () => {
    addProjectConfiguration(tree, 'base', { root: 'libs/base' });
    const info = vi.spyOn(logger, 'info').mockImplementation(() => undefined);
    const after = await init(tree, { skipInstall: true });
    await after();
    expect(tree.exists('images/base')).toBe(false);
    expect(info.mock.calls.join()).toContain('since a project has that name (libs/base)');
  });

  it.each([
    ['0.0.1', '0.0.0'],
    ['^0.0.1', '0.0.0'],
    ['file:../cli.tgz', 'file:../cli.tgz'],
    ['workspace:*', 'workspace:*'],
  ])('plugin and command have one version, exactly: %s becomes %s', async (present, expected) => {
    const packages = { '@image-tooling/cli': present, '@image-tooling/nx': present };
    for (const section of ['devDependencies', 'dependencies']) {
      tree.write('package.json', JSON.stringify({ [section]: packages }));
      await init(tree, {});
      expect(readJson(tree, 'package.json')).toEqual({
        [section]: { '@image-tooling/cli': expected, '@image-tooling/nx': expected },
      });
    }
  });
});

describe('what init says at the end', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'image-tooling-path-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function program(name: string): void {
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), 0o755);
  }

  it('recommends the packages whose programs the engine says are missing, and no others', async () => {
    const env = { PATH: folder, IMAGE_ENGINE: 'buildah' };
    const opened = await openEngine({ env, storeRoot: folder });
    const hints = opened.ok ? [] : opened.failures.map(({ hint }) => hint ?? '');
    const named = hints.flatMap((hint) => /Debian's package (\S+)\.$/.exec(hint)?.[1] ?? []);
    const isRoot = process.getuid?.() === 0;
    expect(missingPackages({ env, isRoot })).toEqual([...new Set(named)]);
    expect(named).toContain('perl-base');
  });

  it('recommends uidmap to an ordinary user only', () => {
    const [root, user] = [true, false].map((isRoot) => missingPackages({ env: { PATH: folder }, isRoot }));
    expect(user).toEqual([...(root ?? []), 'uidmap']);
  });

  it('recommends nothing that is installed, and nothing at all with Docker or a remote engine', () => {
    Object.keys(neededPrograms({ isRoot: false })).forEach(program);
    expect(missingPackages({ env: { PATH: folder }, isRoot: false })).toEqual([]);
    const env = { PATH: '', _EXPERIMENTAL_DAGGER_RUNNER_HOST: 'tcp://127.0.0.1:1' };
    expect(missingPackages({ env, isRoot: false })).toEqual([]);
    rmSync(join(folder, 'buildah'));
    program('docker');
    expect(missingPackages({ env: { PATH: folder }, isRoot: false })).toEqual([]);
  });

  it('says what to run next, and what to install before', () => {
    expect(nextSteps({ notes: [], missing: ['buildah', 'zstd'], image: 'base', imagesDir: 'images' }))
      .toMatchInlineSnapshot(`
        "This machine can't run containers yet. On Debian or Ubuntu:
          sudo apt-get install --no-install-recommends buildah zstd
        Docker or Podman works too.
        Next:
          npx nx run base:lock && npx nx run base:build"
      `);
    expect(nextSteps({ notes: ['Note.'], missing: [], image: undefined, imagesDir: 'pictures' }))
      .toMatchInlineSnapshot(`
      "Note.
      Write pictures/<name>/image.json, then:
        npx nx run <name>:lock && npx nx run <name>:build"
    `);
  });
});
