import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startCacheServer, type Misdeed } from '@image-tooling/testkit/cache-server';
import { expect, it } from 'vitest';
import { makeCacheWorkspace, WRITES, type CacheWorkspace, type NxEnd } from './cache-workspace';

const RUNS = 50;
const TASKS = 8;
/** Of each task; two run at once. */
const TASK_SECONDS = 8;
const WORK = 'run-many -t work --parallel=2';
const FAULTS: readonly (Misdeed | 'kill')[] = [
  'kill',
  'hang',
  'garbage',
  'hang-in-body',
  'cut-off',
  { status: 500 },
];

/** Runs at once: tasks sleep, and the machine has two cores. */
const AT_ONCE = 5;

interface Run {
  readonly end: NxEnd;
  readonly what: string;
}

it(`survives ${RUNS} runs with a server that fails after a random request`, async () => {
  const workspaces = Array.from({ length: AT_ONCE }, () =>
    makeCacheWorkspace('file:///', TASKS, `sleep ${TASK_SECONDS}`),
  );
  try {
    const plain = await Promise.all(workspaces.map(withoutCache));
    const runs: Run[] = [];
    let next = 0;
    await Promise.all(
      workspaces.map(async (workspace) => {
        while (next < RUNS) runs.push(await faultyRun(workspace, next++));
      }),
    );
    const failed = runs.filter(({ end }) => end.exitCode !== 0);
    const [before, after] = [
      median(plain.map(({ seconds }) => seconds)),
      mean(runs.map(({ end }) => end.seconds)),
    ];
    const slowest = [...runs].sort((a, b) => b.end.seconds - a.end.seconds)[0];
    console.log(
      `without a cache ${before.toFixed(1)} s, with faults ${after.toFixed(1)} s (${(after / before).toFixed(3)})`,
    );
    console.log(`slowest: ${slowest?.what}, ${slowest?.end.seconds.toFixed(1)} s`);
    expect(runs).toHaveLength(RUNS);
    expect(failed.map(({ what, end }) => `${what}\n${end.output}`)).toEqual([]);
    expect(after / before).toBeLessThanOrEqual(1.1);
  } finally {
    workspaces.forEach((workspace) => workspace.remove());
  }
});

function withoutCache(workspace: CacheWorkspace): Promise<NxEnd> {
  workspace.forget();
  return workspace.nx(`${WORK} --skipRemoteCache`);
}

async function faultyRun(workspace: CacheWorkspace, index: number): Promise<Run> {
  const server = await startCacheServer();
  const fault = FAULTS[index % FAULTS.length] ?? 'kill';
  // Each task asks once, and is written once.
  const after = Math.floor(Math.random() * 2 * TASKS);
  server.misdeed = (_, count) => {
    if (count <= after) return undefined;
    if (fault === 'kill') void server.kill();
    return fault === 'kill' ? 'break' : fault;
  };
  workspace.write('cache.json', { url: server.url });
  workspace.forget();
  const end = await workspace.nx(WORK, WRITES);
  await server.kill();
  const left = readdirSync(join(workspace.root, 'node_modules/.cache/image-tooling/remote-cache'));
  expect(left.filter((name) => name !== 'last-run.json')).toEqual([]);
  return { end, what: `run ${index}: ${JSON.stringify(fault)} after ${after} requests` };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
