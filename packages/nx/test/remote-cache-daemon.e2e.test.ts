import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startCacheServer, type CacheServer } from '@image-tooling/testkit/cache-server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeCacheWorkspace, WRITES, type CacheWorkspace } from './cache-workspace';

const NX = resolve(__dirname, '../../../node_modules/nx/dist/bin/nx.js');
const DAEMON = { NX_DAEMON: 'true', NX_ISOLATE_PLUGINS: 'true' };
const FOLDER = 'node_modules/.cache/image-tooling/remote-cache';

let server: CacheServer;
let workspace: CacheWorkspace;
beforeEach(async () => {
  server = await startCacheServer();
  workspace = makeCacheWorkspace(server.url, 3);
});
afterEach(async () => {
  await workspace.nx('daemon --stop', DAEMON);
  workspace.remove();
  await server.kill();
});

/** Files of proxies that run, or did not clean up. */
const running = (): string[] =>
  readdirSync(join(workspace.root, FOLDER)).filter((name) => name !== 'last-run.json');

it('works with the daemon, run after run, and keeps the summary', async () => {
  for (const count of [1, 2, 3]) {
    workspace.write(`p${count - 1}/source.txt`, String(count));
    expect(await workspace.nx('run-many -t work', { ...DAEMON, ...WRITES })).toMatchObject({ exitCode: 0 });
    // All in the first run, then the one that changed; what is not written again was in Nx's own cache.
    expect(server.entries.size).toBe(3 + (count - 1));
    expect(running()).toEqual([]);
  }
  const summary = readFileSync(join(workspace.root, FOLDER, 'last-run.json'), 'utf8');
  expect(summary).toContain('1 miss, 1 uploaded');
});

it('uses another proxy for each of two runs at once', async () => {
  const ends = await Promise.all([
    workspace.nx('run p0:work', { ...DAEMON, ...WRITES }),
    workspace.nx('run-many -t work -p p1 p2', { ...DAEMON, ...WRITES }),
  ]);
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(server.entries.size).toBe(3);
  expect(running()).toEqual([]);
});

it('ends the proxy if Nx is killed, which its daemon does not say', async () => {
  workspace.write('p0/project.json', {
    name: 'p0',
    targets: { work: { command: 'sleep 60', cache: true, outputs: [] } },
  });
  const child = spawn(process.execPath, [NX, 'run', 'p0:work'], {
    cwd: workspace.root,
    env: { ...process.env, ...DAEMON, NX_TUI: 'false' },
    stdio: 'ignore',
  });
  await expect.poll(() => server.requests.length, { timeout: 60_000 }).toBeGreaterThan(0);
  expect(running()).toHaveLength(1);
  child.kill('SIGKILL');
  await expect.poll(running, { timeout: 30_000 }).toEqual([]);
});
