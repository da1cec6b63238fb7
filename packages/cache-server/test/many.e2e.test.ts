import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { openFolderStore } from '@image-tooling/object-store';
import { expect, it } from 'vitest';
import { RUN, storeMany, type Target } from './many';
import { sendTo, writeConfig } from './rig';

const ROOT = join(import.meta.dirname, '../../..');
const MOST_MEMORY_MB = 300;
const MOST_PURGE_MS = 5000;

it('10,000 objects of 1 KB to 50 MB from 32 clients: nothing is lost or mixed, memory stays bounded, purge takes at most 5 s', async () => {
  let pid = 0;
  const start = async (config: object) => {
    const started = await startPacked(config);
    pid = started.pid;
    return started;
  };
  const many = await storeMany({ objects: 10_000, clients: 32, smallest: 1000, largest: 50_000_000, start });
  const memory = memoryMb(pid);
  const [bin, , config] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(1);
  const purge = [bin!, 'purge', '--run', RUN, '--config', config!];
  const { output, milliseconds, freedAfter } = await purged(purge);
  console.log(
    `${many.bytes} bytes; server ${memory.toFixed(0)} MB; purge ${milliseconds.toFixed(0)} ms, space freed after ${freedAfter.toFixed(0)} ms`,
  );
  expect(output).toContain(`Deleted ${many.hashes.length} entries`);
  expect(milliseconds).toBeLessThan(MOST_PURGE_MS);
  expect(memory).toBeLessThan(MOST_MEMORY_MB);
  expect(await many.statusOf(many.hashes[0]!)).toBe(404);
  await Promise.all([many.target.stop(), many.issuer.stop()]);
});

/** Runs purge. Returns when its entries were deleted, and when their space was free, in milliseconds. */
async function purged(args: readonly string[]) {
  const begin = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const milliseconds = performance.now() - begin;
  expect(await once(child, 'exit')).toEqual([0, null]);
  return { output, milliseconds, freedAfter: performance.now() - begin };
}

/** The server of the package, in a process of its own. */
async function startPacked(config: object): Promise<Target & { readonly pid: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'image-tooling-cache-server-'));
  execFileSync(process.execPath, [join(ROOT, 'scripts/pack.mjs'), '--to', folder]);
  execFileSync('tar', ['-xzf', join(folder, 'image-tooling-cache-server-0.0.0.tgz'), '-C', folder]);
  writeConfig(folder, { storage: pathToFileURL(join(folder, 'storage')).href, ...config });
  const args = [join(folder, 'package/bin/cache-server.cjs'), '--config', join(folder, 'cache-server.json')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [first] = (await once(lines, 'line')) as [string];
  lines.on('line', () => undefined);
  const { port } = JSON.parse(first) as { port: number };
  const path = (hash: string) => `/v1/cache/${hash}`;
  return {
    ...{ pid: child.pid ?? 0, store: openFolderStore(join(folder, 'storage')) },
    get: (hash, token) => sendTo(port, 'GET', path(hash), { ...(token !== undefined && { token }) }),
    put: (hash, body, token) =>
      sendTo(port, 'PUT', path(hash), { body, ...(token !== undefined && { token }) }),
    async stop() {
      child.kill();
      const [code] = (await once(child, 'exit')) as [number];
      rmSync(folder, { recursive: true, force: true });
      expect(code).toBe(0);
    },
  };
}

/** The peak (proc_pid_status(5), VmHWM). */
function memoryMb(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
