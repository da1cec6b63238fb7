import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ToolDefinition } from '@image-tooling/model';
import { storeRoot } from '@image-tooling/oci';
import { listModule } from '@image-tooling/sources';
import { FaultyServer, vendorTar } from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(__dirname, '..', '..');
const LAUNCHER = join(ROOT, 'packages/cli/bin/image-tooling.cjs');
const exec = promisify(execFile);

/** Older versions than the ones here; the versions of other tools are older than the newest one anyway, or will be. */
const OLDER: Readonly<Record<string, string>> = { k9s: '0.50.0', grype: '0.121.0', dagger: '0.21.7' };
const NEWEST_DAGGER = '0.21.99';

let workspace: string;
let report: Report;
const vendor = new FaultyServer((path) => pages[path]);

interface Report {
  readonly tools: readonly {
    readonly name: string;
    readonly from: string;
    readonly to?: string;
    readonly unusable: readonly { readonly version: string }[];
  }[];
  readonly images: readonly { readonly name: string; readonly isChanged: boolean }[];
  readonly failures: readonly object[];
}

/** What the vendor's hosts have, by path: in the form of theirs. */
const pages: Readonly<Record<string, Buffer>> = {
  'api.github.com/repos/dagger/dagger/releases': Buffer.from(
    JSON.stringify(
      [NEWEST_DAGGER, '0.21.7'].map((version) => ({
        tag_name: `v${version}`,
        draft: false,
        prerelease: false,
        published_at: '2026-10-01T12:00:00Z',
        assets: ['amd64', 'arm64'].map((arch) => ({ name: `dagger_v${version}_linux_${arch}.tar.gz` })),
      })),
    ),
  ),
  ...Object.fromEntries(
    ['amd64', 'arm64'].map((arch) => [
      `github.com/dagger/dagger/releases/download/v${NEWEST_DAGGER}/dagger_v${NEWEST_DAGGER}_linux_${arch}.tar.gz`,
      gzipSync(
        vendorTar([{ name: 'dagger', content: `#!/bin/sh\necho dagger v${NEWEST_DAGGER}\n`, mode: 0o755 }]),
      ),
    ]),
  ),
};

beforeAll(async () => {
  await vendor.start();
  workspace = await mkdtemp(join(tmpdir(), 'image-tooling-update-'));
  for (const folder of ['tools', 'images', 'trust'])
    await cp(join(ROOT, folder), join(workspace, folder), {
      recursive: true,
      filter: (path) => !path.endsWith('/dist'),
    });
  for (const [name, version] of Object.entries(OLDER)) {
    const file = join(workspace, 'tools', name, 'tool.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/"version": "[^"]+"/, `"version": "${version}"`));
  }
  const hosts = ['https://api.github.com/', 'https://github.com/'];
  const mirrors = Object.fromEntries(hosts.map((one) => [one, `${vendor.url}/${new URL(one).host}/`]));
  const options = { toolSource: 'registry', coolDownDays: 0, mirrors };
  await writeFile(
    join(workspace, 'nx.json'),
    JSON.stringify({ plugins: [{ plugin: '@image-tooling/nx', options }] }),
  );
  report = JSON.parse(await imageTooling('update', '--all', '--json')) as Report;
});
afterAll(async () => {
  await vendor.stop();
  await rm(workspace, { recursive: true, force: true });
});

async function imageTooling(...args: readonly string[]): Promise<string> {
  const options = {
    cwd: workspace,
    maxBuffer: 64 * 1024 ** 2,
    env: { ...process.env, IMAGE_HTTP_TRIES: '1' },
  };
  const ran = await exec(process.execPath, [LAUNCHER, ...args], options).catch((error: unknown) => {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`image-tooling ${args.join(' ')}:\n${stdout}\n${stderr}`);
  });
  return ran.stdout;
}

async function definitionOf(name: string): Promise<ToolDefinition> {
  return JSON.parse(await readFile(join(workspace, 'tools', name, 'tool.json'), 'utf8')) as ToolDefinition;
}

/** A definition as it is written may leave the module out. */
function moduleOf({ module, package: path }: { readonly module?: string; readonly package: string }): string {
  return module ?? path;
}

/** Returns the newest version that Go itself takes. */
async function latest(module: string): Promise<string> {
  const cache = valueOf(storeRoot(process.env));
  const context = { signal: new AbortController().signal, progress: SILENT };
  const request = { module, query: 'latest', name: module };
  return valueOf(await listModule(request, { cache, context, hostEnv: process.env })).version;
}

describe('an update of a copy of this repository', () => {
  it('brings every tool to the newest version that is to be had', async () => {
    expect(report.failures).toEqual([]);
    for (const { name, unusable } of report.tools) {
      const { version, sources } = await definitionOf(name);
      const newest = sources.go ? await latest(moduleOf(sources.go)) : `v${NEWEST_DAGGER}`;
      // What upstream or the registry keeps from being locked is named, and the next older version is taken.
      const refused = unusable.map((one) => `v${one.version}`);
      expect([`v${version}`, ...refused], name).toContain(newest);
      if (refused.length === 0) expect(`${name} v${version}`).toBe(`${name} ${newest}`);
    }
    const stuck = report.tools.filter(({ to, unusable }) => to === undefined && unusable.length === 0);
    expect(stuck).toEqual([]);
  });

  it('brings every image to the newest packages, and leaves nothing to do', async () => {
    const stale = JSON.parse(await imageTooling('stale', '--json')) as { readonly images: readonly object[] };
    expect(stale.images).toHaveLength(report.images.length);
    for (const image of stale.images) expect(image).toMatchObject({ packages: [], parents: [], below: [] });
    // A newest version that a registry refuses fails again each time.
    const usable = report.tools.filter(({ unusable }) => unusable.length === 0).map(({ name }) => name);
    const names = [...usable, ...report.images.map(({ name }) => name)];
    const again = JSON.parse(await imageTooling('update', ...names, '--json')) as {
      readonly files: readonly string[];
    };
    expect(again.files).toEqual([]);
  });

  it('can be built', async () => {
    for (const name of ['yq', 'dagger']) await imageTooling('build', name);
  });
});
