import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startCacheServer, type CacheServer } from '@image-tooling/testkit/cache-server';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeCacheWorkspace, WRITES, type CacheWorkspace } from './cache-workspace';

const TASKS = 6;
const WORK = 'run-many -t work';

let server: CacheServer;
let workspace: CacheWorkspace;

beforeAll(() => {
  workspace = makeCacheWorkspace('file:///', TASKS);
  return () => workspace.remove();
});
beforeEach(async () => {
  server = await startCacheServer();
  workspace.write('cache.json', { url: server.url });
  workspace.forget();
  return () => server.kill();
});

const FOLDER = 'node_modules/.cache/image-tooling/remote-cache';
const left = (): string[] =>
  readdirSync(join(workspace.root, FOLDER)).filter((name) => name !== 'last-run.json');
/** Returns the processes of proxies: they run in the workspace. */
const proxies = (): string[] =>
  execFileSync('ps', ['-eo', 'pid,args'])
    .toString()
    .split('\n')
    .filter((line) => line.includes('cache proxy --run=') && cwdOf(line) === realpathSync(workspace.root));

function cwdOf(line: string): string | undefined {
  try {
    return readlinkSync(`/proc/${Number.parseInt(line)}/cwd`);
  } catch {
    return undefined; // It has just ended.
  }
}

describe('a run of Nx', () => {
  it('reads what another machine wrote, says so, and leaves nothing running', async () => {
    const first = await workspace.nx(WORK, { ...WRITES, IMAGE_CACHE_TOKEN: 'secret' });
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.output).toContain(`${TASKS} misses, ${TASKS} uploaded`);
    expect(server.entries.size).toBe(TASKS);
    const made = readFileSync(join(workspace.root, 'dist/p3'));
    workspace.forget();
    const second = await workspace.nx(WORK);
    expect(second.output).toContain(`[remote cache]`);
    expect(second.output).toContain(`Remote cache: ${TASKS} hits from ${server.url}`);
    expect(readFileSync(join(workspace.root, 'dist/p3')).equals(made)).toBe(true);
    expect(left()).toEqual([]);
    expect(proxies()).toEqual([]);
    expect(server.requests.filter((one) => !one.endsWith('Bearer secret'))).toHaveLength(TASKS);
    expect(first.output + second.output).not.toContain('secret');
  });

  it('gets the result of a tool without its layer, which the cache keeps by its digest', async () => {
    const outputs = ['layer.json', 'layer.blob'].map((name) => `{projectRoot}/dist/${name}`);
    const bytes = Array.from({ length: 99_999 }, (_, at) => `${at + 1}\n`).join('');
    const digest = createHash('sha256').update(bytes).digest('hex');
    workspace.write('tool/layer.json', { layer: { digest: `sha256:${digest}` } });
    const command = 'mkdir -p tool/dist && cp tool/layer.json tool/dist && seq 99999 > tool/dist/layer.blob';
    workspace.write('tool/project.json', {
      name: 'tool',
      targets: { layer: { command, cache: true, outputs } },
    });
    const dist = join(workspace.root, 'tool/dist');
    await workspace.nx('run tool:layer', WRITES);
    expect(server.entries.get(`sha256-${digest}`)?.toString()).toBe(bytes);
    rmSync(dist, { recursive: true });
    workspace.forget();
    const second = await workspace.nx('run tool:layer');
    expect(second.output).toMatch(/Remote cache: 1 hit from \S+ \(\d\.\d kB/);
    expect(readdirSync(dist)).toEqual(['layer.json']);
  });

  it('does not ask with --skipRemoteCache', async () => {
    expect(await workspace.nx(`${WORK} --skipRemoteCache`, WRITES)).toMatchObject({ exitCode: 0 });
    expect(server.requests).toEqual([]);
  });

  it('that fails before its tasks leaves no proxy', async () => {
    expect(await workspace.nx('run p0:missing')).toMatchObject({ exitCode: 1 });
    expect(proxies()).toHaveLength(1);
    await expect.poll(proxies, { timeout: 10_000 }).toEqual([]);
    expect(left()).toEqual([]);
  });

  it('goes on with wrong settings, and says what is wrong', async () => {
    workspace.write('cache.json', { url: 'ftp://cache.example' });
    const end = await workspace.nx(WORK, { NX_SELF_HOSTED_REMOTE_CACHE_SERVER: server.url });
    expect(end).toMatchObject({ exitCode: 0 });
    expect(end.output).toContain('cache.json:1:');
    // Nx itself would use the server, unchecked.
    expect(server.requests).toEqual([]);
  });

  it('ignores a forged entry, and builds', async () => {
    await workspace.nx(WORK, WRITES);
    for (const [hash, entry] of server.entries)
      server.entries.set(hash, Buffer.concat([entry, Buffer.from('x')]));
    workspace.forget();
    const end = await workspace.nx(WORK);
    expect(end).toMatchObject({ exitCode: 0 });
    expect(end.output).toContain(`${TASKS} entries of ${server.url} refused`);
    expect(existsSync(join(workspace.root, 'dist/p0'))).toBe(true);
  });

  it('inside a task of another run uses the same proxy', async () => {
    const nested = `NX_CACHE_DIRECTORY=.nx/nested ${process.execPath} node_modules/nx/dist/bin/nx.js run p1:work`;
    workspace.write('outer/project.json', {
      name: 'outer',
      targets: { all: { command: nested, cache: false } },
    });
    const end = await workspace.nx('run outer:all', WRITES);
    expect(end).toMatchObject({ exitCode: 0 });
    expect(end.output.match(/Remote cache: .*/g)).toEqual(
      ['Remote cache: 0 hits, 1 miss, 1 uploaded (50.3 kB)'].map(
        (line) => expect.stringContaining(line.slice(0, 40)) as string,
      ),
    );
  });
});

describe('a server that dies in the middle', () => {
  // The other ways to fail are in 50 runs of remote-cache-faults.e2e.test.ts.
  it('costs no run', async () => {
    await workspace.nx('run-many -t work -p p0 p1 p2', WRITES);
    workspace.forget();
    const before = server.requests.length;
    server.misdeed = (_request, count) => {
      if (count - before <= 3) return undefined;
      void server.kill();
      return 'break';
    };
    const end = await workspace.nx(WORK, WRITES);
    expect(end.output).toContain('Successfully ran target work');
    expect(end.exitCode).toBe(0);
    expect(left()).toEqual([]);
  });
});
