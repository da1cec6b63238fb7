import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pidNamespace } from '@image-tooling/host';
import type { Failure, Result } from '@image-tooling/model';
import { valueOf } from '@image-tooling/testkit/helpers';
import { joinSession, type SessionOptions } from '../src/dagger/session';
import { keeperOf, sessionsIn } from '../src/dagger/session/folder';
import type { EnginePlace } from '../src/dagger/place';
import { FAKE_TOKEN, writeFakeDagger } from './dagger-fake';
import { bundleTask, endAll, processesOf, startRun, until, type FakeRun } from './dagger-rig';

const PLACE: EnginePlace = { kind: 'runner', origin: 'kube-pod://engine', address: 'kube-pod://engine' };
const SOON = 4000;

let bundle: string;
let task: string;
beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), 'dagger-task-'));
  task = await bundleTask(bundle);
});
afterAll(() => rm(bundle, { recursive: true, force: true }));

let folder: string;
let store: string;
let runs: FakeRun[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dagger-session-'));
  store = join(folder, 'store');
  runs = [];
  await writeFakeDagger(join(folder, 'bin'));
});
afterEach(async () => {
  for (const run of runs) run.process.kill('SIGKILL');
  endAll(processesOf(folder));
  await rm(folder, { recursive: true, force: true });
});

const environment = (): NodeJS.ProcessEnv => ({
  PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
  HOME: folder,
  _EXPERIMENTAL_DAGGER_RUNNER_HOST: PLACE.origin,
});
const options = (more: Partial<SessionOptions> = {}): SessionOptions => ({
  env: environment(),
  storeRoot: store,
  ...more,
});
const run = (env = environment()): FakeRun => {
  const started = startRun(task, store, env);
  runs.push(started);
  return started;
};
const folders = (): string[] => (existsSync(sessionsIn(store)) ? readdirSync(sessionsIn(store)) : []);
const onlyFolder = (): string => join(sessionsIn(store), folders()[0] ?? 'none');
const isOwner = (pid: number): boolean => runs.some((each) => each.process.pid === pid);
const nothingLeft = (): boolean => processesOf(folder).every(isOwner) && folders().length === 0;

interface Seen {
  readonly pid: number;
  readonly host?: string;
  readonly inherited?: string;
}
const sessionsSeen = (): Seen[] =>
  readFileSync(join(folder, 'bin', 'sessions.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Seen);

function failureOf(result: Result<unknown>): Failure {
  if (result.ok) throw new Error('It succeeded, a failure was expected.');
  return result.failures[0];
}

describe('the session of a run', () => {
  it('is one for all its tasks, and ends with it', async () => {
    const nx = run();
    const joined = [...(await nx.tasks(3)), ...(await nx.tasks(1))];
    expect(new Set(joined.map(({ port }) => port)).size).toBe(1);
    expect(joined[0]?.port).toBeGreaterThan(0);
    expect(sessionsSeen()).toHaveLength(1);
    nx.process.stdin?.end();
    await until(nothingLeft, SOON);
  });

  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)('ends when nx gets %s', async (signal) => {
    const nx = run();
    await nx.tasks(1);
    expect(sessionsSeen()).toHaveLength(1);
    expect(nothingLeft()).toBe(false);
    nx.process.kill(signal);
    await until(nothingLeft, SOON);
  });

  it('is not shared with another run', async () => {
    const [one, two] = await Promise.all([run().tasks(1), run().tasks(1)]);
    expect(one[0]?.port).not.toBe(two[0]?.port);
  });

  it('is replaced where the engine behind it died', async () => {
    const nx = run();
    const [first] = await nx.tasks(1);
    await fetch(`http://127.0.0.1:${first?.port}/query`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${FAKE_TOKEN}:`).toString('base64')}` },
      body: '{"query":"{stop}"}',
    });
    const [second] = await nx.tasks(1);
    expect(second?.port).toBeGreaterThan(0);
    expect(second?.port).not.toBe(first?.port);
    await until(() => folders().length === 1, SOON);
  });

  it('is replaced where "dagger session" was killed', async () => {
    const nx = run();
    const [first] = await nx.tasks(1);
    process.kill(sessionsSeen()[0]?.pid ?? 0, 'SIGKILL');
    const [second] = await nx.tasks(1);
    expect(second?.port).not.toBe(first?.port);
    expect(second?.failures).toBeUndefined();
  });

  it('ends when its keeper is killed, and the next task opens another', async () => {
    const nx = run();
    const [first] = await nx.tasks(1);
    const dagger = sessionsSeen()[0]?.pid ?? 0;
    process.kill(keeperOf(onlyFolder())?.pid ?? 0, 'SIGKILL');
    await until(() => !processesOf(folder).includes(dagger) || !existsSync(`/proc/${dagger}`), SOON);
    const [second] = await nx.tasks(1);
    expect(second?.port).not.toBe(first?.port);
    expect(folders()).toHaveLength(1);
  });

  it('ends when its folder is taken away', async () => {
    await run().tasks(1);
    expect(nothingLeft()).toBe(false);
    await rm(store, { recursive: true });
    await until(nothingLeft, SOON);
  });
});

describe('what a killed keeper leaves', () => {
  it('is removed by the next run, with a "dagger session" that ignores all signals', async () => {
    const left = join(sessionsIn(store), '1234567-1-' + pidNamespace() + '-abc-def');
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, 'keeper'), '1234567 1\n');
    const deaf = spawn('sh', ['-c', `exec sleep 600 >'${left}/answer'`], { stdio: 'ignore' });
    await until(() => existsSync(join(left, 'answer')), SOON);
    writeFileSync(join(left, 'dagger'), `${deaf.pid}\n`);
    const ended = new Promise((resolve) => deaf.on('exit', (_, signal) => resolve(signal)));
    await run().tasks(1);
    expect(await ended).toBe('SIGKILL');
    expect(existsSync(left)).toBe(false);
  });
});

describe('the session of a single process', () => {
  it('is its own, and ends with close, also a second one', async () => {
    const [one, two] = [
      valueOf(await joinSession(options(), PLACE)),
      valueOf(await joinSession(options(), PLACE)),
    ];
    expect(one.port).not.toBe(two.port);
    expect(one).toMatchObject({ engineVersion: 'v0.21.8', origin: 'kube-pod://engine', token: FAKE_TOKEN });
    await one.close();
    await one.close();
    await two.close();
    await until(nothingLeft, SOON);
  });

  it('keeps its token from other users, and from command lines', async () => {
    const session = valueOf(await joinSession(options(), PLACE));
    expect(statSync(onlyFolder()).mode & 0o777).toBe(0o700);
    expect(statSync(join(onlyFolder(), 'session.json')).mode & 0o777).toBe(0o600);
    const lines = processesOf(folder).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain(FAKE_TOKEN);
    expect(readFileSync(join(onlyFolder(), 'log'), 'utf8')).not.toContain(FAKE_TOKEN);
    await session.close();
  });

  it("does not pass another program's session on", async () => {
    const env = { ...environment(), DAGGER_SESSION_PORT: '1', DAGGER_SESSION_TOKEN: 'x' };
    const session = valueOf(await joinSession(options({ env }), PLACE));
    expect(sessionsSeen()[0]?.inherited).toBeUndefined();
    await session.close();
  });

  it.each(['docker', 'podman'] as const)(
    'names %s to dagger, which would take docker first',
    async (origin) => {
      const session = valueOf(await joinSession(options(), { kind: 'container', origin }));
      expect(sessionsSeen()[0]?.host).toBe(`image+${origin}://registry.invalid/engine:v0.21.8`);
      await session.close();
    },
  );
});

describe('a session that can not be opened', () => {
  it('is a failure with what dagger said', async () => {
    await writeFakeDagger(join(folder, 'bin'), { session: 'refuses' });
    const failure = failureOf(await joinSession(options(), PLACE));
    expect(failure).toMatchObject({ code: 'no-engine' });
    expect(failure.hint).toContain('IMAGE_ENGINE=buildah');
    expect(failure.details?.join('\n')).toContain('engine said no');
    await until(nothingLeft, SOON);
  });

  it('ends at once when the run is stopped, and leaves no "dagger session" that hangs', async () => {
    await writeFakeDagger(join(folder, 'bin'), { session: 'hangs' });
    const abort = new AbortController();
    const joining = joinSession(options({ signal: abort.signal }), PLACE);
    // It prints this when it ignores SIGTERM.
    const log = (): string => join(onlyFolder(), 'log');
    await until(() => existsSync(log()) && readFileSync(log(), 'utf8').includes('connect'), SOON);
    const began = Date.now();
    abort.abort();
    expect(failureOf(await joining).code).toBe('aborted');
    expect(Date.now() - began).toBeLessThan(1000);
    await until(nothingLeft, 9000);
  });
});
