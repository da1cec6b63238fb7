import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerFile, NpmPackage, ToolComponent, ToolLock } from '@image-tooling/model';
import { mergePolicies, OsvDatabase, scan, type ScannerMatch, type ScanReport } from '@image-tooling/scan';
import { createRig, startNpmRegistry, type NpmRegistry, type WorkspaceRig } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARGS, BUNDLING, packageAt, toolAt } from './bundling-tool';

let rig: WorkspaceRig;
let registry: NpmRegistry;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  registry = await startNpmRegistry([
    toolAt('1.0.0', '1.2.5'),
    ARGS,
    packageAt('small', '2.0.0', { dependencies: { gone: '^1.0.0' } }),
    packageAt('@scope/user', '3.1.0', {
      dependencies: { args: '^1.0.0', none: '1' },
      optionalDependencies: { none: '1' },
    }),
    packageAt('deep', '1.1.0', { scripts: { install: 'node-gyp rebuild' } }),
  ]);
  rig = await createRig({ options: { compression: 'gzip' } });
  env = { npm_config_registry: registry.url, IMAGE_HTTP_TRIES: '1' };
  await rig.write('tools/bundling/tool.json', BUNDLING);
  await rig.must(['lock', 'bundling'], env);
});
afterAll(() => Promise.all([rig.remove(), registry.server.stop()]));

const fileOf = (name: string) => readFile(join(rig.folder, 'tools/bundling', name), 'utf8');
const raised = async () =>
  Object.values((JSON.parse(await fileOf('lock.json')) as ToolLock).npm ?? {}).map((locked) =>
    (locked.raised ?? []).map((one) => `${one.package}@${one.version}`),
  );

async function refused(...versions: readonly string[]): Promise<string> {
  const before = await fileOf('lock.json');
  const end = await rig.run(['lock', 'bundling', '--raise', versions.join(',')], env);
  expect(end.exitCode).toBe(1);
  expect(await fileOf('lock.json')).toBe(before);
  return end.stderr;
}

/** Builds the tool. Returns its files below lib/bundling/node_modules and of its licences, and its npm packages. */
async function built() {
  await rig.must(['build', 'bundling', '--platform', 'linux/amd64'], env);
  const layer = JSON.parse(await fileOf('dist/linux-amd64/layer.json')) as LayerFile;
  const blob = join(rig.folder, 'tools/bundling/dist/linux-amd64/layer.blob');
  const tar = (...args: string[]) => execFileSync('tar', [...args, '-zf', blob], { encoding: 'utf8' });
  const paths = tar('-t')
    .split('\n')
    .filter((path) => path !== '' && !path.endsWith('/'));
  const packages = paths
    .filter((path) => path.includes('/node_modules/') && path.endsWith('/package.json'))
    .map((path) => JSON.parse(execFileSync('tar', ['-xzOf', blob, path], { encoding: 'utf8' })) as NpmPackage)
    .map(({ name, version }) => ({ name, version }));
  return { paths, packages, digest: layer.layer.digest };
}

const versionsOf = (packages: readonly Pick<NpmPackage, 'name' | 'version'>[], name: string) =>
  packages
    .filter((one) => one.name === name)
    .map(({ version }) => version)
    .sort();

/** Scans an image of the tool alone, with a scanner that knows one vulnerability of args, fixed in 1.2.8. */
async function scannedTool(): Promise<ScanReport> {
  const { packages, digest } = await built();
  const tool: ToolComponent = {
    ...{ kind: 'tool', name: 'bundling', version: '1.0.0', description: 'A tool', source: 'npm', files: [] },
    ...{ licence: { expression: 'MIT' }, layer: digest },
  };
  const components = packages.map((one): NpmPackage => ({
    kind: 'npm',
    ...one,
    tool: 'bundling',
    layer: digest,
  }));
  const matches = packages
    .filter(({ name, version }) => name === 'args' && version === '1.2.5')
    .map(({ name, version }): ScannerMatch => ({
      ...{
        purl: `pkg:npm/${name}@${version}`,
        id: 'CVE-2026-1',
        aliases: [],
        severity: 'high',
        title: 'A flaw',
      },
      fixedIn: ['1.2.8'],
    }));
  const now = Date.UTC(2026, 10, 28) / 1000;
  return valueOf(
    scan({
      subject: {
        inventory: {
          ...{
            image: 'tools',
            description: 'Tools',
            platform: 'linux/amd64',
            manifest: digest,
            created: now,
          },
          layers: [{ digest, diffId: digest, kind: 'tool', owner: 'bundling' }],
          ...{ components: [tool, ...components], unread: [] },
        },
        ...{ debian: undefined, compressedSize: 1, setuid: [] },
        purlOf: (one) => (one.kind === 'npm' ? `pkg:npm/${one.name}@${one.version}` : undefined),
        chain: [
          {
            ...{ name: 'tools', file: 'images/tools/image.json', setuid: [] },
            tools: [
              {
                name: 'bundling',
                file: 'tools/bundling/tool.json',
                source: 'npm',
                npmPackage: 'bundling-tool',
              },
            ],
          },
        ],
      },
      ...{
        policy: mergePolicies([]),
        data: { go: { version: 'none', time: now, database: OsvDatabase.of([]) }, debian: {} },
        matches: new Map(),
        secrets: [],
        now,
      },
      secretsLeftOut: { published: 0, examples: 0, unopened: 0 },
      scanner: { matches, used: { name: 'trivy', version: '1', digest, time: now } },
    }),
  );
}

describe('lock --raise of an npm package', () => {
  it('refuses what is not bundled, needs other packages, or a program to install it', async () => {
    const unknown = await refused('none@1.0.0', '@scope/none@1.0.0');
    expect(unknown).toContain('bundling does not bundle the npm package none.');
    expect(unknown).toContain('bundling does not bundle the npm package @scope/none.');
    const unfit = await refused('small@2.0.0', 'deep@1.1.0');
    expect(unfit).toContain('bundling: small@2.0.0 needs gone ^1.0.0.');
    expect(unfit).toContain('bundling: deep@1.1.0 is installed by a program');
    expect(await refused('args@1.2.9')).toContain('(package-not-found)');
    expect(await refused('args@^1.2.8', 'args')).toContain(
      '"args" (--raise) is not a module and its version.',
    );
    expect(await refused('example.invalid/word@v1.0.0')).toContain('"bundling" is not built from Go modules');
  });

  it('is the command of a finding, after which the scan passes', async () => {
    const before = await scannedTool();
    const [finding] = before.findings;
    expect([before.passed, finding?.status]).toEqual([false, 'failing']);
    expect(finding?.command).toBe('npx nx run bundling:lock --raise args@1.2.8');
    await rig.must(['lock', 'bundling', ...(finding?.command?.split(' ').slice(4) ?? [])], env);
    expect(await scannedTool()).toMatchObject({ passed: true, findings: [] });
  });

  it('replaced older packages everywhere, and kept newer ones and what is below', async () => {
    expect(await raised()).toEqual([['args@1.2.8'], ['args@1.2.8']]);
    const { paths, packages } = await built();
    expect(versionsOf(packages, 'args')).toEqual(['1.2.8', '1.9.0']);
    expect(versionsOf(packages, 'deep')).toEqual(['1.0.0']);
    expect(paths.filter((path) => path.includes('args')).sort()).toMatchInlineSnapshot(`
      [
        "usr/local/lib/bundling/node_modules/@scope/user/node_modules/args/package.json",
        "usr/local/lib/bundling/node_modules/args/LICENSE",
        "usr/local/lib/bundling/node_modules/args/new.js",
        "usr/local/lib/bundling/node_modules/args/node_modules/deep/package.json",
        "usr/local/lib/bundling/node_modules/args/package.json",
        "usr/local/share/doc/bundling/licenses/args@1.2.8/LICENSE",
      ]
    `);
  });

  it('stays when the tool is locked again, and others come to it', async () => {
    await rig.must(['lock', 'bundling'], env);
    expect(await raised()).toEqual([['args@1.2.8'], ['args@1.2.8']]);
    const told = await rig.must(['lock', 'bundling', '--raise', '@scope/user@3.1.0,args@1.0.0'], env);
    expect(told).toContain('bundling: strict@1.0.0 wants @scope/user ~3.0.0, and gets 3.1.0: test the tool.');
    expect(await raised()).toEqual([
      ['@scope/user@3.1.0', 'args@1.2.8'],
      ['@scope/user@3.1.0', 'args@1.2.8'],
    ]);
    expect(versionsOf((await built()).packages, '@scope/user')).toEqual(['3.1.0']);
  });

  it('ends when the tool bundles a newer one', async () => {
    registry.publish(toolAt('1.1.0', '1.3.0'));
    await rig.must(['lock', 'bundling', '--set-version', '1.1.0'], env);
    expect(await raised()).toEqual([['@scope/user@3.1.0'], ['@scope/user@3.1.0']]);
    expect(versionsOf((await built()).packages, 'args')).toEqual(['1.3.0', '1.9.0']);
  });
});
