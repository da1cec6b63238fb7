import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseImage, parseTool } from '@image-tooling/model';
import { logger, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { image } from '../src/generators/image/generator';
import { importDockerfile } from '../src/generators/import-dockerfile/generator';
import { licenceOf } from '../src/generators/tool/find/licence';
import { highest } from '../src/generators/tool/find/release';
import { tool } from '../src/generators/tool/generator';

const FIXTURES = join(__dirname, '../../dockerfile/test/dockerfiles');

let tree: Tree;
let said: string[];

beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
  tree.write(
    'images/base/image.json',
    '{ "description": "The system", "from": { "debian": "trixie" }, "packages": ["less"] }',
  );
  tree.write(
    'tools/yq/tool.json',
    '{ "description": "YAML", "homepage": "https://x.invalid", "license": "MIT", "version": "4.1.0", "sources": { "go": { "package": "x.invalid/yq" } }, "examples": ["yq . file"] }',
  );
  said = [];
  vi.spyOn(logger, 'info').mockImplementation((text: string) => void said.push(text));
});
afterEach(() => vi.restoreAllMocks());

const json = (file: string): unknown => JSON.parse(tree.read(file, 'utf8') ?? '');

/** Returns the refusal of a generator, which must write nothing. */
async function refusal(work: () => unknown): Promise<string> {
  const before = tree.listChanges().length;
  const error: unknown = await Promise.resolve()
    .then(work)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(tree.listChanges()).toHaveLength(before);
  if (!(error instanceof Error)) throw new Error('it was not refused');
  return error.message;
}

describe('image', () => {
  it('writes an image on the base of the workspace, and says what to run', async () => {
    const done = await image(tree, {
      name: 'db',
      description: 'Databases',
      packages: 'postgresql-client,jq',
      tools: ['yq'],
      lock: false,
    });
    expect(json('images/db/image.json')).toEqual({
      $schema: '../../node_modules/@image-tooling/nx/schemas/image.schema.json',
      description: 'Databases',
      from: { image: 'base' },
      packages: ['jq', 'postgresql-client'],
      tools: ['yq'],
      checks: [{ run: ['toolbox-help'] }],
      examples: ['yq . file'],
    });
    await done();
    expect(said.join('\n')).toContain('npx nx run db:lock && npx nx run db:build');
  });

  it.each([
    ['debian', { debian: 'trixie' }],
    ['debian:bookworm', { debian: 'bookworm' }],
    [`r.invalid/x@sha256:${'0'.repeat(64)}`, { registry: `r.invalid/x@sha256:${'0'.repeat(64)}` }],
  ])('is based on %s', async (from, expected) => {
    await image(tree, { name: 'one', from, lock: false });
    expect(json('images/one/image.json')).toMatchObject({ from: expected });
  });

  it('is refused with all mistakes, and nothing is written', async () => {
    const text = await refusal(() =>
      image(tree, { name: 'Bad', from: 'nowhere', tools: 'helm', packages: 'less', lock: false }),
    );
    expect(text).toContain('must have a name of lower-case letters');
    expect(text).toContain('is based on "nowhere", but there is no such image');
    expect(text).toContain('lists the tool "helm", but there is no such tool');
    expect(
      await refusal(() => image(tree, { name: 'two', from: 'base', packages: 'less', lock: false })),
    ).toContain('already has the package "less", from "base"');
  });

  it('is refused if an image or another project has its name', async () => {
    const again = await refusal(() => image(tree, { name: 'base', lock: false }));
    expect(again).toContain('There is already an image "base"');
    expect(again).not.toContain('based on each other');
    expect(await refusal(() => image(tree, { name: 'yq', lock: false }))).toContain(
      'There is already a project "yq"',
    );
  });

  it('ignores mistakes in other files', async () => {
    tree.write('images/broken/image.json', '{ "description": }');
    await image(tree, { name: 'three', from: 'base', lock: false });
    expect(tree.exists('images/three/image.json')).toBe(true);
  });

  it('is written, and not called locked, where the lock fails', async () => {
    const done = await image(tree, { name: 'four', from: 'base' });
    await expect(done()).rejects.toThrow('"four" is written, but not locked');
  });
});

describe('tool', () => {
  it('makes a template of an address', async () => {
    await tool(tree, {
      name: 'stern',
      release: 'https://github.com/stern/stern/releases/download/v1.30.0/stern_1.30.0_linux_amd64.tar.gz',
      license: 'Apache-2.0',
      description: 'Logs',
      lock: false,
    });
    const text = tree.read('tools/stern/tool.json', 'utf8') ?? '';
    expect(parseTool('tool.json', text)).toMatchObject({ ok: true });
    expect(json('tools/stern/tool.json')).toMatchObject({
      version: '1.30.0',
      homepage: 'https://github.com/stern/stern',
      sources: {
        release: {
          url: 'https://github.com/stern/stern/releases/download/v{version}/stern_{version}_linux_{arch}.tar.gz',
          files: { stern: 'bin/stern' },
        },
      },
    });
  });

  it('keeps the placeholders of an address, and takes the version that is given', async () => {
    await tool(tree, {
      name: 'tool',
      release: 'https://x.invalid/{version}/tool_x86_64.zip',
      toolVersion: '2.0',
      path: 'bin/tool',
      lock: false,
    });
    expect(json('tools/tool/tool.json')).toMatchObject({
      version: '2.0',
      license: 'NOASSERTION',
      sources: {
        release: {
          url: 'https://x.invalid/{version}/tool_{arch}.zip',
          files: { 'bin/tool': 'bin/tool' },
          archNames: { amd64: 'x86_64', arm64: 'aarch64' },
        },
      },
    });
  });

  it('takes a Debian package at the version that is given', async () => {
    await tool(tree, { name: 'bat', deb: 'bat', toolVersion: '0.25.0', lock: false });
    expect(json('tools/bat/tool.json')).toMatchObject({
      version: '0.25.0',
      sources: { deb: { package: 'bat', files: { 'usr/bin/bat': 'bin/bat' } } },
    });
  });

  it('is refused without a source, without a version, and if it exists', async () => {
    expect(await refusal(() => tool(tree, { name: 'yq' }))).toMatch(
      /There is already a tool "yq"[\s\S]*The tool "yq" has no source/,
    );
    expect(await refusal(() => tool(tree, { name: 'base', npm: 'nothing-is-asked-for' }))).toMatch(
      /^error: There is already a project "base"/,
    );
    expect(
      await refusal(() => tool(tree, { name: 'one', release: 'https://x.invalid/latest/one' })),
    ).toContain('has no version');
    expect(
      await refusal(() =>
        tool(tree, { name: 'One', release: 'https://x.invalid/1.0/one', license: 'none?', lock: false }),
      ),
    ).toContain('license');
  });

  it('lists its guesses before the lock, which they may break', async () => {
    const done = await tool(tree, { name: 'bat', deb: 'bat', toolVersion: '0.25.0' });
    await expect(done()).rejects.toThrow('"bat" is written, but not locked');
    expect(said.join('\n')).toMatch(/assumed to be \/usr\/bin\/bat[^]*Its home page is unknown/);
    expect(said.join('\n')).not.toContain('Next:');
  });

  it('reads usual licences', () => {
    expect(licenceOf('Apache License\n   Version 2.0, January 2004')).toBe('Apache-2.0');
    expect(licenceOf('Permission is hereby granted, free of charge, to any person obtaining a copy')).toBe(
      'MIT',
    );
    expect(licenceOf('Mozilla Public License Version 2.0')).toBe('MPL-2.0');
    expect(licenceOf('all rights reserved')).toBeUndefined();
  });

  it('finds the highest version by its numbers', () => {
    expect(highest(['1.9.0', '1.10.0', '1.2'])).toBe('1.10.0');
    expect(highest([])).toBeUndefined();
  });
});

describe('import-dockerfile', () => {
  it('writes what it proposes, with files, modes and checksums, and prints the report', () => {
    importDockerfile(tree, { path: join(FIXTURES, 'cloud-ci') });
    expect(parseImage('image.json', tree.read('images/cloud-ci/image.json', 'utf8') ?? '')).toMatchObject({
      ok: true,
    });
    expect(tree.read('images/cloud-ci/rootfs/usr/local/bin/deploy.sh', 'utf8')).toContain('kubectl apply');
    expect(tree.listChanges().find(({ path }) => path.endsWith('deploy.sh'))?.options).toEqual({
      mode: '755',
    });
    expect(json('tools/sops/lock.json')).toMatchObject({
      lockVersion: 1,
      version: '3.8.1',
      release: { 'linux/amd64': { sha256: expect.stringMatching(/^d6bf07fb/) as string } },
    });
    for (const part of [
      'Imported (',
      'Not needed (',
      'Not imported (',
      'To decide (',
      'npx nx run cloud-ci:lock',
    ])
      expect(said.join('\n')).toContain(part);
  });

  it('writes only the image if asked to, without tools that do not exist', () => {
    importDockerfile(tree, { path: join(FIXTURES, 'cluster', 'Dockerfile'), name: 'ops', tools: false });
    expect(tree.exists('tools/stern/tool.json')).toBe(false);
    expect(json('images/ops/image.json')).not.toHaveProperty('tools');
  });

  it('refuses missing files and names that are taken', async () => {
    expect(await refusal(() => importDockerfile(tree, { path: '/nowhere/Dockerfile' }))).toContain(
      'There is no Dockerfile /nowhere/Dockerfile',
    );
    expect(
      await refusal(() => importDockerfile(tree, { path: join(FIXTURES, 'docs'), name: 'base' })),
    ).toContain('There is already an image "base"');
    expect(await refusal(() => importDockerfile(tree, { path: join(FIXTURES, 'docs'), arg: 'X' }))).toContain(
      '--arg X has no value',
    );
  });

  it('takes values of ARGs, and reads no file outside of the folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'import-'));
    try {
      writeFileSync(
        join(folder, 'Dockerfile'),
        'FROM debian\nARG LEVEL=1\nENV LEVEL=$LEVEL\nCOPY ../../etc/passwd /etc/x\nCOPY link /etc/y\n',
      );
      symlinkSync('/etc/passwd', join(folder, 'link'));
      importDockerfile(tree, { path: folder, name: 'args', arg: ['LEVEL=2'] });
      expect(json('images/args/image.json')).toMatchObject({ config: { env: { LEVEL: '2' } } });
      expect(tree.exists('images/args/rootfs')).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
