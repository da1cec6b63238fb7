import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack, REPOSITORY, unpack } from './pack';

const SCOPE = 'node_modules/@image-tooling';
const PACKAGES = ['cache-server', 'cli', 'create', 'nx', 'toolbox'];

interface Manifest {
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

let folder: string;
let workspace: string;
let tarballs: Readonly<Record<string, string>>[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'image-tooling-packed-'));
  workspace = join(folder, 'workspace');
  tarballs = await Promise.all(['one', 'two'].map((name) => pack(join(folder, name), '1.2.3')));
  for (const name of PACKAGES) await unpack(tarballs[0]![name]!, join(workspace, SCOPE, name));
  for (const name of [...Object.keys(manifest('cli').dependencies), '@nx/devkit', 'nx']) link(name);
  writeFileSync(join(workspace, 'nx.json'), '{}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function manifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(workspace, SCOPE, name, 'package.json'), 'utf8')) as Manifest;
}

function link(name: string): void {
  const path = join(workspace, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules', name), path);
}

function node(file: string, ...args: string[]): Promise<{ exitCode: number; output: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(workspace, SCOPE, file), ...args],
      { cwd: workspace },
      (error, stdout, stderr) =>
        done({ exitCode: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
    );
  });
}

describe('packed packages', () => {
  it('are these, of equal bytes each time', () => {
    expect(tarballs.map((made) => Object.keys(made).sort())).toEqual([PACKAGES, PACKAGES]);
    for (const name of PACKAGES)
      expect(readFileSync(tarballs[1]![name]!).equals(readFileSync(tarballs[0]![name]!)), name).toBe(true);
  });

  it.each(PACKAGES)('%s has its version, licence, a page to read, and exact dependencies', (name) => {
    const { version, dependencies } = manifest(name);
    expect(version).toBe('1.2.3');
    expect(readdirSync(join(workspace, SCOPE, name))).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md']),
    );
    for (const [dependency, wanted] of Object.entries(dependencies)) {
      expect(dependency).not.toMatch(/^@image-tooling\//);
      // Nx has to be the workspace's own.
      if (dependency !== '@nx/devkit') expect(wanted).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it('have the licences of bundled packages', () => {
    const licences = readFileSync(join(workspace, SCOPE, 'cli/dist/THIRD-PARTY-LICENCES.txt'), 'utf8');
    for (const name of ['zod', 'undici', 'jsonc-parser', 'semver']) expect(licences).toContain(`${name} `);
  });

  it('are started by npm and by yarn 1, which runs "create" for "yarn create @image-tooling"', () => {
    const { bin } = manifest('create');
    expect(bin).toEqual({
      create: './bin/create-image-tooling.cjs',
      'create-image-tooling': './bin/create-image-tooling.cjs',
    });
  });

  it('begin a workspace with nothing else installed, and no more than is used', () => {
    expect(manifest('create').dependencies).toEqual({});
    expect(statSync(join(workspace, SCOPE, 'create/dist/index.js')).size).toBeLessThan(100_000);
  });

  it('start the toolbox, with nothing else installed', async () => {
    const { bin, dependencies } = manifest('toolbox');
    expect(dependencies).toEqual({});
    expect(Object.keys(bin ?? {})).toEqual(['toolbox', 'image-toolbox']);
    // Every call loads it.
    expect(statSync(join(workspace, SCOPE, 'toolbox/dist/index.js')).size).toBeLessThan(30_000);
    const completion = await node('toolbox/bin/toolbox.cjs', 'completion', 'bash');
    expect(completion).toMatchObject({ exitCode: 0, output: expect.stringContaining('_toolbox') as string });
  });

  it('start the cache server, with nothing else installed', async () => {
    expect(manifest('cache-server').dependencies).toEqual({});
    const help = await node('cache-server/bin/cache-server.cjs', '--help');
    expect(help).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('Usage: cache-server') as string,
    });
  });

  it('have everything that another workspace refers to', () => {
    const files = ['schemas/image.schema.json', 'schemas/tool.schema.json', 'trust/debian/trixie-stable.asc'];
    for (const file of files) expect(existsSync(join(workspace, SCOPE, 'nx', file)), file).toBe(true);
    // A peer would be missing with yarn 1, which installs none.
    expect(manifest('nx').peerDependencies).toEqual({ '@image-tooling/cli': '1.2.3' });
    expect(manifest('nx').dependencies).toMatchObject({ '@nx/devkit': '>=23.2.1 <25' });
  });

  it('name files that are there, for each generator and executor', () => {
    for (const kind of ['generators', 'executors']) {
      const list = JSON.parse(readFileSync(join(workspace, SCOPE, 'nx', `${kind}.json`), 'utf8')) as Record<
        string,
        Record<string, { factory?: string; implementation?: string; schema: string }>
      >;
      for (const [name, { factory, implementation = factory, schema }] of Object.entries(list[kind]!)) {
        const [file = '', exported = ''] = (implementation ?? '').split('#');
        const path = join(workspace, SCOPE, 'nx', file);
        expect(readFileSync(path, 'utf8'), name).toMatch(
          new RegExp(`^\\s+${exported}: \\(\\) => ${exported}`, 'm'),
        );
        expect(existsSync(join(workspace, SCOPE, 'nx', schema)), name).toBe(true);
      }
    }
  });

  it('load a plugin without other modules: Nx waits for it at each start', () => {
    const text = readFileSync(join(workspace, SCOPE, 'nx/dist/index.js'), 'utf8');
    const wanted = new Set([...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name!));
    const outside = [...wanted].filter((name) => !builtinModules.includes(name.replace('node:', '')));
    expect(outside).toEqual(['@nx/devkit']);
    expect(text.length).toBeLessThan(100_000);
  });

  it('start the command, which finds its natives and the mistakes of a workspace', async () => {
    const help = await node('cli/bin/image-tooling.cjs', '--help');
    expect(help).toMatchObject({ exitCode: 0 });
    expect(help.output).toContain('build <name>');
    const unknown = await node('cli/bin/image-tooling.cjs', 'build', 'nothing');
    expect(unknown).toMatchObject({ exitCode: 1 });
    expect(unknown.output).toContain('There is no image or tool called "nothing".');
  });

  it('start the command that makes workspaces', async () => {
    const bin = 'create/bin/create-image-tooling.cjs';
    expect((await node(bin, '--help')).output).toContain('npm create @image-tooling <folder>');
    expect(await node(bin, 'workspace/..')).toMatchObject({ exitCode: 1 });
  });
});
