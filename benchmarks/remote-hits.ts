/**
 * A fresh clone with a warm remote cache against one with a warm local cache: all builds and tests, without Nx's daemon,
 * as in CI. The remote cache is an HTTP server on this machine, so no network is measured. Hits bring no layers
 * of tools, and none is read. For comparison also Nx's own client, without our proxy and its checks, with the same results:
 * also without layers, which it would otherwise bring. Builds and tests first.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { generateEd25519KeyPair } from '@image-tooling/attest/key-file';
import { startCacheServer } from '@image-tooling/testkit/cache-server';
import { inTurns, type Contestant } from './lib/measure';
import { runProgram } from './lib/programs';
import { ratio, report } from './lib/report';
import { allHits, copyWorkspace, nx } from './lib/workspace';

const ROUNDS = Number(process.argv[2] ?? 7);
const ARCH = process.arch === 'arm64' ? 'arm64' : 'amd64';
/** Without what only a vendor's host has. */
const ALL = ['run-many', '-t', `build-${ARCH}`, `test-${ARCH}`, '--exclude=buildx,dagger'];

/** Nx is waited for without an event loop, so the server has a thread of its own. */
if (isMainThread) await measure();
else await serve();

/** Starts two servers: one for our entries, and one for Nx's own, which gets its entries from the first on a message. */
async function serve(): Promise<void> {
  const [ours, plain] = [await startCacheServer(), await startCacheServer()];
  parentPort?.on('message', () => {
    for (const [hash, entry] of ours.entries) plain.entries.set(hash, payloadOf(entry));
    parentPort?.postMessage('copied');
  });
  parentPort?.postMessage([ours.url, plain.url]);
}

function payloadOf(entry: Buffer): Buffer {
  return entry.subarray(entry.indexOf('\n', entry.indexOf('\n') + 1) + 1);
}

async function measure(): Promise<void> {
  const server = new Worker(process.argv[1] ?? '');
  const [[url, plainUrl]] = (await once(server, 'message')) as [[string, string]];
  const folder = mkdtempSync(join(tmpdir(), 'remote-hits-'));
  const workspace = join(folder, 'workspace');
  try {
    mkdirSync(workspace);
    copyWorkspace(workspace);
    const { privateKey, publicKey } = generateEd25519KeyPair(undefined);
    mkdirSync(join(workspace, 'trust/cache'), { recursive: true });
    writeFileSync(join(workspace, 'trust/cache/ci.pub'), publicKey);
    // Not in the home folder, which all clones of a repository share.
    const env = { NX_DAEMON: 'false', NX_CACHE_DIRECTORY: join(workspace, '.nx/cache') };
    const remote = { ...env, IMAGE_CACHE_URL: url };
    writeFileSync(join(workspace, 'cache.json'), JSON.stringify({ repository: 'benchmark' }));
    nx(workspace, ALL, { ...remote, IMAGE_CACHE_KEY: privateKey });
    server.postMessage('copy');
    await once(server, 'message');
    const plain = { ...env, NX_SELF_HOSTED_REMOTE_CACHE_SERVER: plainUrl };
    const timings = await inTurns(ROUNDS, [
      freshClone('warm local cache', workspace, env, 'local'),
      freshClone('warm remote cache', workspace, remote, 'remote'),
      freshClone("the same by Nx's own client", workspace, plain, 'plain'),
    ]);
    const value = ratio(timings, 'warm remote cache', 'warm local cache');
    report(timings, [{ name: 'remote / local', value, atMost: 1.3 }]);
  } finally {
    await server.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Kind = 'local' | 'remote' | 'plain';

function freshClone(name: string, workspace: string, env: NodeJS.ProcessEnv, kind: Kind): Contestant {
  const file = join(workspace, 'cache.json');
  return {
    name,
    prepare() {
      runProgram(['find', 'images', 'tools', '-name', 'dist', '-prune', '-exec', 'rm', '-r', '{}', '+'], {
        cwd: workspace,
      });
      // Without cache.json the plugin has no hooks.
      if (kind === 'remote') writeFileSync(file, JSON.stringify({ repository: 'benchmark' }));
      else rmSync(file, { force: true });
      if (kind === 'local') forgetGraph(join(workspace, '.nx/workspace-data'));
      else rmSync(join(workspace, '.nx'), { recursive: true, force: true });
    },
    run() {
      const output = nx(workspace, ALL, env);
      const isAsked = output.includes(kind === 'local' ? '[local cache]' : '[remote cache]');
      if (!allHits(output) || !isAsked) throw new Error(`${name}: not every task was a hit\n${output}`);
    },
  };
}

/** Keeps the database, which says what is in the local cache. */
function forgetGraph(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => !/\.db(?:-|$)/.test(one)))
    rmSync(join(folder, name), { recursive: true, force: true });
}
