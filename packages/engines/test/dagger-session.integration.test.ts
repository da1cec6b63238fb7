import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEngine } from '../src';
import { bundleTask, endAll, processesOf, startRun, until, type FakeRun, type Joined } from './dagger-rig';

const HOST = '_EXPERIMENTAL_DAGGER_RUNNER_HOST';
const SOON = 8000;

let bundle: string;
let task: string;
beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), 'dagger-task-'));
  task = await bundleTask(bundle);
});
afterAll(() => rm(bundle, { recursive: true, force: true }));

let folder: string;
let runs: FakeRun[];
beforeEach(async (context) => {
  if (!process.env[HOST]) context.skip(`no Dagger engine: set ${HOST}`);
  folder = await mkdtemp(join(tmpdir(), 'dagger-session-'));
  runs = [];
});
afterEach(async () => {
  if (!process.env[HOST]) return;
  for (const run of runs) run.process.kill('SIGKILL');
  endAll(processesOf(folder));
  await rm(folder, { recursive: true, force: true });
});

const run = (): FakeRun => {
  const started = startRun(task, join(folder, 'store'), process.env);
  runs.push(started);
  return started;
};
const sessions = (): number[] =>
  processesOf(folder).filter((pid) => !runs.some((each) => each.process.pid === pid));
const nothingLeft = (): boolean => sessions().length === 0;
const rounded = (joined: readonly Joined[]): number[] =>
  joined.map(({ milliseconds }) => Math.round(milliseconds.join));

describe('a session with a real engine', () => {
  it('is one for all tasks of a run, cheaper to join than to open, and ends with it', async () => {
    const nx = run();
    const first = await nx.tasks(1);
    const others = await nx.tasks(5);
    console.log(`opened in ${rounded(first).join()} ms, joined in ${rounded(others).join(', ')} ms`);
    expect(new Set([...first, ...others].map(({ port }) => port)).size).toBe(1);
    expect(sessions().length).toBeGreaterThan(0);
    nx.process.stdin?.end();
    await until(nothingLeft, SOON);
  });

  it.each(['SIGKILL', 'SIGINT'] as const)('ends when nx gets %s, and the next run works', async (signal) => {
    const nx = run();
    await nx.tasks(2);
    nx.process.kill(signal);
    await until(nothingLeft, SOON);
    const [next] = await run().tasks(1);
    expect(next?.port).toBeGreaterThan(0);
  });

  it('ends when its keeper is killed', async () => {
    await run().tasks(1);
    const keepers = sessions().filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('keeper.sh'),
    );
    expect(keepers.length).toBeGreaterThan(0);
    endAll(keepers);
    await until(nothingLeft, SOON);
  });

  it('is what openEngine opens, and close ends', async () => {
    const engine = await openEngine({ env: process.env, storeRoot: join(folder, 'store') });
    if (!engine.ok) throw new Error(JSON.stringify(engine.failures));
    expect(engine.value.description).toMatch(/^engine: dagger \d+\.\d+\.\d+ \(/);
    await engine.value.close();
    await engine.value.close();
    await until(nothingLeft, SOON);
  });
});

describe('a session whose engine goes away', () => {
  let silent: Server | undefined;
  afterEach(() => void silent?.close());

  it('is not opened where the engine only accepts connections', async () => {
    const socket = join(folder, 'silent.sock');
    silent = createServer();
    await new Promise<void>((resolve) => silent?.listen(socket, resolve));
    const began = Date.now();
    const env = { ...process.env, [HOST]: `unix://${socket}` };
    const engine = await openEngine({ env, storeRoot: join(folder, 'store') });
    expect(engine.ok).toBe(false);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(nothingLeft()).toBe(true);
  });
});
