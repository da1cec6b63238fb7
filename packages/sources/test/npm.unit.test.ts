import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOWNLOAD_TIMINGS } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import { startNpmRegistry, type Fault } from '@image-tooling/testkit';
import { describe, it, type TestContext } from 'vitest';
import { fetchNpm, packNpm, type LockedNpm, type NpmRun } from '../src';
import { quietContext, shown } from './support';

const WANTED = { package: '@fixture/tool-x64', version: '1.2.3' };
const FIXTURE = {
  name: WANTED.package,
  version: WANTED.version,
  files: { 'bin/tool': { content: '#!/bin/sh\necho 1.2.3\n', mode: 0o755 } },
};
const TARBALL = /\.tgz$/;

/** A registry and a folder of their own: npm takes its time, so tests run in parallel. */
async function rig({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const folder = await mkdtemp(join(tmpdir(), 'npm-source-'));
  const registry = await startNpmRegistry([FIXTURE]);
  onTestFinished(async () => {
    await registry.server.stop();
    await rm(folder, { recursive: true });
  });
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: folder,
    npm_config_registry: registry.url,
  };
  const timings = { ...DOWNLOAD_TIMINGS, tries: 2, stallSeconds: 0.5, backoffSeconds: 0.01 };
  const npm = (changes: Partial<NpmRun> = {}): NpmRun => ({
    ...{ folder, env, timings, context: quietContext() },
    ...changes,
  });
  const pack = (changes: Partial<NpmRun> = {}, wanted = WANTED) =>
    packNpm(wanted, join(folder, 'packed'), npm(changes));
  const lock = async (): Promise<LockedNpm> => {
    const packed = await pack();
    if (!packed.ok) throw new Error(shown(packed));
    const { file: _, ...locked } = packed.value;
    return locked;
  };
  const fault = (fault: Fault, path = /./): void => registry.server.fault({ path, fault });
  return { folder, registry, env, npm, pack, lock, fault };
}

/** What a person sees, without what differs from machine to machine. */
const told = (result: Result<unknown>): string => shown(result).split('\nnpm error')[0] ?? '';

describe.concurrent('a package of npm', () => {
  it('is fetched by npm from the configured registry, and hashed', async ({ expect, ...test }) => {
    const { pack, registry } = await rig(test);
    const result = await pack();
    expect(result).toMatchObject({ ok: true, value: WANTED });
    expect(result.ok && result.value.integrity).toMatch(/^sha512-[\w+/]{86}==$/);
    expect(new Set(registry.requests)).toEqual(
      new Set(['@fixture/tool-x64', '@fixture/tool-x64/-/tool-x64-1.2.3.tgz']),
    );
  });

  it('is fetched from the registry that the .npmrc of the workspace names for its scope', async ({
    expect,
    ...test
  }) => {
    const { pack, registry, folder, env } = await rig(test);
    await writeFile(join(folder, '.npmrc'), `@fixture:registry=${registry.url}\n`);
    expect(shown(await pack({ env: { ...env, npm_config_registry: 'http://127.0.0.1:9/' } }))).toBe('ok');
  });

  it('is stored: a second fetch makes no request', async ({ expect, ...test }) => {
    const { npm, lock, registry, folder } = await rig(test);
    const locked = await lock();
    const kept = new Map<string, string>();
    const cache = {
      blobPath: (digest: string) => join(folder, digest),
      hasBlob: (digest: string) => kept.has(digest),
      verifyBlob: async () => ok(undefined),
      putBlobFromFile: async (path: string, digest: string) => ok(kept.set(digest, path)),
    };
    const request = { locked, cache, folder: join(folder, 'again'), tool: 'tool' };
    expect(shown(await fetchNpm(request, npm()))).toBe('ok');
    const asked = registry.requests.length;
    expect(shown(await fetchNpm(request, npm()))).toBe('ok');
    expect(registry.requests).toHaveLength(asked);
  });

  it('is refused when it differs from the locked one, with both hashes', async ({ expect, ...test }) => {
    const { npm, lock, registry, folder } = await rig(test);
    const locked = await lock();
    registry.publish({ ...FIXTURE, files: { 'bin/tool': 'another' } });
    const cache = {
      blobPath: () => '',
      hasBlob: () => false,
      verifyBlob: async () => ok(undefined),
      putBlobFromFile: async () => Promise.reject(new Error('kept')),
    };
    const request = { locked, cache, folder: join(folder, 'again'), tool: 'tool' };
    const text = shown(await fetchNpm(request, npm()));
    expect(text).toContain('[checksum] tool: the npm registry gave other bytes for @fixture/tool-x64@1.2.3');
    expect(text).toContain(`expected ${locked.integrity}`);
    expect(text).toMatch(/got {6}sha512-/);
  });
});

describe.concurrent('npm that fails', () => {
  it("a file that differs from the registry's hash", async ({ expect, ...test }) => {
    const { pack, fault } = await rig(test);
    fault({ kind: 'alter' }, TARBALL);
    expect(told(await pack())).toMatchInlineSnapshot(`
      "[checksum] The npm registry gave a file for @fixture/tool-x64@1.2.3 whose hash differs from the one that it reports.
      -> Do not use this registry: ask its operator."
    `);
  });

  it('no such version', async ({ expect, ...test }) => {
    const { pack } = await rig(test);
    expect(told(await pack({}, { ...WANTED, version: '9.9.9' }))).toMatchInlineSnapshot(`
      "[package-not-found] The npm registry has no @fixture/tool-x64@9.9.9.
      -> Compare "package", "archNames" and "version" in the tool.json with what the registry has: npm view <package> versions. See "npm config get registry" for the registry in use."
    `);
  });

  it('a registry that requires a login', async ({ expect, ...test }) => {
    const { pack, fault } = await rig(test);
    fault({ kind: 'status', status: 401 });
    expect(told(await pack())).toMatchInlineSnapshot(`
      "[network] The npm registry, or a proxy before it, denies access to @fixture/tool-x64@1.2.3.
      -> Log in with "npm login", or put a token into .npmrc; then run the same command again."
    `);
  });

  it('a registry that never answers is given up', async ({ expect, ...test }) => {
    const { pack, fault } = await rig(test);
    fault({ kind: 'hang' });
    const start = performance.now();
    expect(told(await pack())).toContain('[network] npm could not fetch @fixture/tool-x64@1.2.3');
    expect(performance.now() - start).toBeLessThan(12_000);
  });

  it('a registry that never stops sending is given up', async ({ expect, ...test }) => {
    const { pack, fault } = await rig(test);
    fault({ kind: 'slow', bytes: 1 }, TARBALL);
    expect(told(await pack({ limitSeconds: 2 }))).toContain('[timeout]');
  });

  it('a registry that is down', async ({ expect, ...test }) => {
    const { pack, registry } = await rig(test);
    await registry.server.stop();
    expect(told(await pack())).toMatchInlineSnapshot(`
      "[network] npm could not fetch @fixture/tool-x64@1.2.3 (ECONNREFUSED).
      -> See "npm config get registry" for the registry in use, and docs/networks.md for proxies; then run the same command again."
    `);
  });

  it('an abort ends npm', async ({ expect, ...test }) => {
    const { pack, fault } = await rig(test);
    fault({ kind: 'hang' });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 500);
    expect(told(await pack({ context: quietContext(abort.signal) }))).toContain('[aborted]');
  });

  it('npm is not installed', async ({ expect, ...test }) => {
    const { pack, env } = await rig(test);
    expect(told(await pack({ env: { ...env, PATH: '/nowhere' } }))).toMatchInlineSnapshot(`
      "[command-missing] Fetching an npm package needs the program "npm", which is not on this machine.
      -> It comes with Node: install Node with npm, or add it to PATH."
    `);
  });
});
