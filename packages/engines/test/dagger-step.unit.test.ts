import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  execError,
  failureOf,
  SILENT,
  startDaggerServer,
  valueOf,
  type DaggerBuild,
  type DaggerOutcome,
  type DaggerServer,
} from '@image-tooling/testkit';
import { daggerEngine } from '../src/dagger/engine';
import { dockerfileOf, roomFor } from '../src/dagger/step/dockerfile';
import { newOwnedName } from '../src/owners';
import type { Step, SystemLayer } from '../src';

const OTHER = process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';
const HEALTH = { everyMs: 50, answerMs: 200, silenceMs: 600 };

let folder: string;
let store: string;
let server: DaggerServer;
let outcome: DaggerOutcome | ((build: DaggerBuild) => DaggerOutcome | Promise<DaggerOutcome>);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dagger-step-'));
  store = join(folder, 'store');
  outcome = worked();
  server = await startDaggerServer((build) => (typeof outcome === 'function' ? outcome(build) : outcome));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

interface Asked extends Partial<Step> {
  readonly signal?: AbortSignal;
  readonly origin?: string;
  readonly onLine?: (line: string) => void;
}

function engineAt(origin = 'tcp://engine.invalid:1234') {
  const { port, token } = server;
  const session = { port, token, origin, engineVersion: 'v0.21.8', close: async () => undefined };
  return daggerEngine(session, { storeRoot: store, health: HEALTH });
}

function run({ signal = new AbortController().signal, origin, onLine, ...step }: Asked = {}) {
  const whole: Step = {
    label: 'base: try it',
    platform: 'linux/amd64',
    system: [tarLayer({ 'etc/passwd': 'root:x:0:0::/:/bin/sh\n' })],
    commands: [{ argv: ['id'] }],
    env: { PATH: '/bin' },
    mounts: [],
    network: 'none',
    onFailure: 'stop',
    timeoutSeconds: 60,
    ...step,
  };
  return engineAt(origin).run(whole, { signal, progress: SILENT }, onLine);
}

/** What a runner leaves: the interfaces it saw, and for each command its streams and its end. */
function worked(files: Record<string, string> = {}, layer?: Buffer): DaggerOutcome {
  const own = { '0/interfaces': 'lo\n', '0/0.out': '', '0/0.err': '', '0/0.end': '0 10.00 10.00 \n' };
  return { kind: 'built', files: { ...own, ...files }, layer };
}

function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const source = join(folder, createHash('md5').update(JSON.stringify(files)).digest('hex'));
  execFileSync('mkdir', ['-p', source]);
  for (const [path, content] of Object.entries(files)) {
    execFileSync('mkdir', ['-p', join(source, path, '..')]);
    execFileSync('sh', ['-c', 'cat > "$1"', 'sh', join(source, path)], { input: content });
  }
  const names = readdirSync(source);
  return execFileSync('tar', ['-cf', '-', '-C', source, ...names]);
}

function tarLayer(files: Readonly<Record<string, string>>): SystemLayer {
  const tar = tarOf(files);
  const digest = `sha256:${createHash('sha256').update(tar).digest('hex')}` as const;
  const path = join(folder, `${digest}.tar`);
  execFileSync('sh', ['-c', 'cat > "$1"', 'sh', path], { input: tar, maxBuffer: 1e9 });
  return { path, digest, diffId: digest, size: tar.length, compression: 'none' };
}

const listed = (path: string): string[] =>
  execFileSync('tar', ['-tf', path], { encoding: 'utf8' }).trim().split('\n');

describe('results', () => {
  it('are what the runner wrote', async () => {
    outcome = worked({
      '0/0.out': 'hello\n',
      '0/0.err': 'oh\n',
      '0/0.end': '3 100.10 102.35 \n',
    });
    expect(valueOf(await run())).toEqual({
      commands: [{ exitCode: 3, stdout: 'hello\n', stderr: 'oh\n', timedOut: false, seconds: 2.25 }],
      isolated: true,
    });
  });

  it('are whole lines where a command ran out of time', async () => {
    outcome = worked({ '0/0.out': 'whole\npart', '0/0.end': '137 1.00 2.00 late\n' });
    const [command] = valueOf(await run()).commands;
    expect(command).toMatchObject({ exitCode: 137, timedOut: true, stdout: 'whole\n' });
  });

  it('are not isolated where the runner saw another interface', async () => {
    outcome = worked({ '0/interfaces': 'lo\neth0\n' });
    expect(valueOf(await run()).isolated).toBe(false);
  });

  it('end where the step stopped', async () => {
    outcome = worked({ '0/0.end': '1 1.00 1.00 \n' });
    const commands = [{ argv: ['false'] }, { argv: ['id'], user: '1' }] as const;
    expect(valueOf(await run({ commands })).commands).toHaveLength(1);
  });

  it('that are missing are a failure', async () => {
    outcome = { kind: 'built', files: {} };
    expect(failureOf(await run())).toMatchObject({ code: 'engine' });
  });
});

describe('changes', () => {
  it('are the last layer, less the folder of the runner', async () => {
    outcome = worked({}, tarOf({ '.step/0/0.out': 'x', 'etc/new': 'new', 'etc/.wh.passwd': '' }));
    const changesTo = join(folder, 'changes.tar');
    valueOf(await run({ changesTo }));
    expect(listed(changesTo).sort()).toEqual(['etc/', 'etc/.wh.passwd', 'etc/new']);
  });

  it('are not written where a command failed, nor is what was there before left', async () => {
    outcome = worked({ '0/0.end': '1 1.00 1.00 \n' });
    const changesTo = join(folder, 'changes.tar');
    await writeFile(changesTo, 'old');
    valueOf(await run({ changesTo }));
    expect(existsSync(changesTo)).toBe(false);
  });

  it('that are no tar are a failure, and nothing is left', async () => {
    outcome = worked({}, Buffer.from('no tar at all'.repeat(100)));
    const changesTo = join(folder, 'changes.tar');
    expect(failureOf(await run({ changesTo }))).toMatchObject({ code: 'engine' });
    expect(readdirSync(folder).filter((name) => name.includes('changes'))).toEqual([]);
  });
});

describe('what the engine is sent', () => {
  const upper = () => tarLayer({ 'etc/.wh.passwd': '', 'data/.wh..wh..opq': '', 'data/new': 'x' });

  it('is a script with the commands, as a secret of the step alone', async () => {
    const commands = [
      { argv: ['sh', '-c', "echo it's $HOME\nand more"], user: '1000:1000', workdir: '/work' },
      { argv: ['id'], user: '1000:1000', env: { OWN: '1' }, timeoutSeconds: 5 },
      { argv: ['id'] },
    ] as const;
    valueOf(await run({ commands }));
    const { args = {}, secrets = {}, target } = server.builds[0] ?? {};
    const text = secrets[args['STEP_SECRET'] ?? ''] ?? '';
    expect(
      text.slice(0, text.indexOf('umask 022')) + text.slice(text.indexOf('case $1 in')),
    ).toMatchSnapshot();
    expect(target).toBe('none-2');
    expect(args).toMatchObject({ STEP_LABEL: 'base: try it', STEP_USER_0: '1000:1000', STEP_USER_1: '0:0' });
    expect(args).toMatchObject({ STEP_UID_0: '1000', STEP_GID_0: '1000', STEP_UID_1: '0' });
  });

  it('is the same Dockerfile for all steps', () => {
    expect(dockerfileOf({ runs: 2, mounts: 1 })).toMatchSnapshot();
    expect(roomFor({ runs: 1, mounts: 0 })).toEqual(roomFor({ runs: 8, mounts: 4 }));
    expect(roomFor({ runs: 9, mounts: 0 }).runs).toBeGreaterThanOrEqual(9);
    expect(roomFor({ runs: 1, mounts: 5 }).mounts).toBeGreaterThanOrEqual(5);
  });

  it('is the same context for two steps on a system, and another secret', async () => {
    const system = [tarLayer({ 'etc/passwd': '' })] as const;
    await run({ system });
    await run({ system, commands: [{ argv: ['true'] }] });
    const [one, two] = server.builds;
    expect(one?.context).toEqual(two?.context);
    expect(one?.dockerfile).toBe(two?.dockerfile);
    expect(one?.args['STEP_SECRET']).not.toBe(two?.args['STEP_SECRET']);
  });

  it('has network only where the step wants it', async () => {
    await run();
    await run({ network: 'host' });
    expect(server.builds.map(({ target }) => target)).toEqual(['none-1', 'host-1']);
    const runs = dockerfileOf({ runs: 1, mounts: 0 }).match(/^RUN.*"0"]$/gm);
    expect(runs?.map((line) => line.startsWith('RUN --network=none '))).toEqual([true, false]);
  });

  it('is layers without their whiteouts: what those hide is removed from the layers below', async () => {
    const lower = tarLayer({ 'etc/passwd': '' });
    valueOf(await run({ system: [lower, upper()] }));
    const context = server.builds[0]?.context ?? [];
    expect(context.join('\n')).toMatch(
      /folders\.tar; without (data etc\/passwd|etc\/passwd data)\nsystem <- .*without/,
    );
    expect(context.at(-1)).not.toContain('without');
    const sent = /layer <- (\S+\.tar)$/.exec(context.at(-1) ?? '')?.[1] ?? '';
    expect(listed(sent).join()).toContain('data/new');
    expect(listed(sent).join()).not.toContain('.wh.');
  });

  it('is nothing where a layer hides a name that can not be told', async () => {
    const odd = tarLayer({ 'etc/.wh.a*b': '' });
    const failure = failureOf(await run({ system: [tarLayer({ 'etc/passwd': '' }), odd] }));
    expect(failure).toMatchObject({ code: 'engine', hint: expect.stringContaining('buildah') as string });
    expect(server.builds).toEqual([]);
  });

  it('is a small mount as a script, a large one as a folder of the context', async () => {
    const [small, large] = ['small', 'large'].map((name) => join(folder, name)) as [string, string];
    for (const path of [small, large]) await mkdir(path);
    await writeFile(join(small, 'given'), 'from the host\n');
    await writeFile(join(large, 'large.deb'), Buffer.alloc(100_000));
    await run({ mounts: [{ source: small, target: '/mnt/in' }] });
    await run({ mounts: [small, large].map((source, at) => ({ source, target: `/mnt/${at}` })) });
    const [one, two] = server.builds;
    const { STEP_MOUNTS: kind, STEP_MOUNTS_SECRET: name = '' } = one?.args ?? {};
    expect(kind).toBe('script');
    expect(one?.secrets[name]).toContain("cd '/.step/mounts/0'");
    expect(one?.args).toMatchObject({ STEP_SOURCE_0: '0', STEP_TARGET_0: '/mnt/in' });
    expect(two?.args).toMatchObject({ STEP_MOUNTS: 'context', STEP_TARGET_1: '/mnt/1' });
    expect(two?.context.slice(-2)).toEqual([`mounts/0 <- ${small}`, `mounts/1 <- ${large}`]);
  });

  it('is nothing where a layer is not what its diff id says', async () => {
    const diffId = `sha256:${'0'.repeat(64)}` as const;
    const system = [{ ...tarLayer({ a: 'x' }), diffId }] as const;
    expect(failureOf(await run({ system })).code).toBe('checksum');
    expect(failureOf(await run({ system })).code).toBe('checksum');
    expect(server.builds).toEqual([]);
  });

  it('is nothing where the source of a mount is not there', async () => {
    const mounts = [{ source: join(folder, 'gone'), target: '/mnt' }];
    expect(failureOf(await run({ mounts }))).toMatchObject({ code: 'io', message: /gone/ });
    expect(server.builds).toEqual([]);
  });

  it('is nothing where the step can not be written as a Dockerfile', async () => {
    const mounts = [{ source: folder, target: '/mnt/a b' }];
    expect(failureOf(await run({ mounts }))).toMatchObject({ code: 'usage' });
    const commands = [{ argv: ['id'], user: 'a b' }] as const;
    expect(failureOf(await run({ commands }))).toMatchObject({ code: 'usage' });
    expect(server.builds).toEqual([]);
  });
});

describe('lines', () => {
  it('come through the socket while the step runs, and what did not come when it ends', async () => {
    const seen: string[] = [];
    outcome = async ({ socket = '' }) => {
      const client = connect(socket);
      client.write('0 out\nearly\n');
      await sleep(200);
      expect(seen).toEqual(['early']);
      client.end('unfinished');
      return worked({ '0/0.out': 'early\nunfinished', '0/0.err': 'only in the file\n' });
    };
    valueOf(await run({ onLine: (line) => seen.push(line) }));
    expect(seen).toEqual(['early', 'unfinished', 'only in the file']);
  });

  it('need no socket where nobody listens', async () => {
    await run();
    expect(server.builds[0]?.socket).toBeUndefined();
  });
});

describe('failures', () => {
  it.each<[string, DaggerOutcome, string, RegExp]>([
    ['a system without sh', execError(127, 'exec: /bin/sh: not found'), 'engine', /could not run the step/],
    [
      'another processor',
      { kind: 'error', message: 'fork/exec /bin/sh: exec format error' },
      'platform',
      /can't run programs/,
    ],
    [
      'a full disk',
      { kind: 'error', message: 'failed to copy: write /var/lib/x: no space left on device' },
      'disk-full',
      /disk of the Dagger engine \(tcp:/,
    ],
    ['a disk too full to say so', execError(124), 'disk-full', /no space left/],
    ['an error', { kind: 'error', message: 'input: something odd' }, 'engine', /answered with an error/],
    [
      'an engine that was killed',
      { kind: 'http', status: 502, text: 'http do: Post "http://dagger/query": unexpected EOF' },
      'engine',
      /went away/,
    ],
    ['a connection that breaks off', { kind: 'drops' }, 'engine', /went away/],
  ])('tell of %s', async (_, answer, code, message) => {
    outcome = answer;
    const failure = failureOf(await run());
    expect(failure).toMatchObject({ code });
    expect(failure.message).toMatch(message);
    expect(JSON.stringify(failure)).not.toMatch(/traceparent|dagger-server-token/);
  });

  it('tell of an engine that says nothing any more', async () => {
    outcome = { kind: 'hangs' };
    const running = run();
    await sleep(100);
    server.answerVersion('silent');
    expect(failureOf(await running)).toMatchObject({ code: 'engine', message: /went away/ });
  });

  it('do not come from an engine that only works for long', async () => {
    outcome = async () => {
      await sleep(1500);
      return worked();
    };
    expect((await run()).ok).toBe(true);
  });

  it('tell of an engine whose session answers for it, twice', async () => {
    outcome = { kind: 'hangs' };
    server.answerVersion('wrong');
    expect(failureOf(await run())).toMatchObject({ code: 'engine', message: /went away/ });
  });

  it('tell of the time limit, and end the query', async () => {
    outcome = { kind: 'hangs' };
    expect(failureOf(await run({ timeoutSeconds: 0.3 }))).toMatchObject({ code: 'timeout' });
    await sleep(50);
    expect(server.abandoned).toBeGreaterThan(0);
  });

  it('tell of an abort, and end the query', async () => {
    outcome = { kind: 'hangs' };
    const abort = new AbortController();
    const running = run({ signal: abort.signal });
    await sleep(200);
    abort.abort();
    expect(failureOf(await running)).toMatchObject({ code: 'aborted' });
    await sleep(50);
    expect(server.abandoned).toBeGreaterThan(0);
  });

  it('tell of a platform that a local engine can not run', async () => {
    const failed = await run({ platform: OTHER, origin: 'unix:///run/engine.sock' });
    // Where an emulator is registered the step runs.
    if (!failed.ok) expect(failed.failures[0]).toMatchObject({ code: 'platform' });
  });
});

describe('what is left', () => {
  const leftIn = (...path: string[]): string[] => readdirSync(join(store, 'engine', 'dagger', ...path));

  it.each([
    ['works', () => worked()],
    ['fails', () => execError(1)],
    ['breaks off', (): DaggerOutcome => ({ kind: 'drops' })],
  ])('of a step that %s is what was learnt of its layers', async (_, answer) => {
    outcome = answer();
    await run({ onLine: () => undefined });
    expect(leftIn('steps')).toEqual([]);
    expect(
      leftIn('layers')
        .map((name) => name.replace(/^[0-9a-f]{64}/, 'DIFF-ID'))
        .sort(),
    ).toEqual(['DIFF-ID.found.json', 'folders.tar']);
  });

  it('of processes that were killed goes with the next step', async () => {
    await run();
    const [, ...rest] = newOwnedName().split('-');
    const orphan = [2 ** 22 + 1, ...rest].join('-');
    const own = newOwnedName();
    for (const name of [orphan, own]) {
      await mkdir(join(store, 'engine', 'dagger', 'steps', name), { recursive: true });
      await writeFile(join(store, 'engine', 'dagger', 'layers', `0.tar.${name}.tmp`), '');
    }
    await run();
    expect(leftIn('steps')).toEqual([own]);
    expect(leftIn('layers')).toContain(`0.tar.${own}.tmp`);
    expect(leftIn('layers')).not.toContain(`0.tar.${orphan}.tmp`);
  });

  it('of what was learnt in part is not believed', async () => {
    const layer = tarLayer({ 'etc/passwd': '' });
    await run({ system: [layer] });
    const [record = ''] = leftIn('layers').filter((name) => name.endsWith('.json'));
    const path = join(store, 'engine', 'dagger', 'layers', record);
    await writeFile(path, '{"hid');
    valueOf(await run({ system: [layer] }));
    expect(readFileSync(path, 'utf8')).toContain('hidden');
  });
});
