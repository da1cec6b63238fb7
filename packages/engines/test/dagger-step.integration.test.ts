import { randomInt } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archOf, platformOfNode } from '@image-tooling/model';
import { failureOf, openRig, perlLayers, type Rig } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { openEngine } from '../src';
import { daggerEngine } from '../src/open/dagger';
import { joinSession, type DaggerSession } from '../src/dagger/session';

const address = process.env['_EXPERIMENTAL_DAGGER_RUNNER_HOST'];
const arch = archOf(platformOfNode(process.arch) ?? 'linux/amd64');
const newMark = (): string => `3600.${randomInt(1e9, 9e9)}`;

async function processesWith(mark: string): Promise<number> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'latin1').catch(() => '')));
  return lines.filter((line) => line.startsWith('sleep') && line.includes(mark)).length;
}

async function until(holds: () => Promise<boolean>, seconds = 10): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !(await holds());) {
    if (Date.now() > end) throw new Error(`It did not come about within ${seconds} s.`);
    await sleep(100);
  }
}

if (address === undefined)
  describe('steps on a Dagger engine', () => {
    it('are not tried', (context) => context.skip('no Dagger engine: set _EXPERIMENTAL_DAGGER_RUNNER_HOST'));
  });
else describe('steps on a Dagger engine', () => stepTests(address));

function stepTests(runner: string): void {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig((storeRoot) =>
      openEngine({ env: { ...process.env, IMAGE_ENGINE: 'dagger' }, storeRoot }),
    );
  });
  afterAll(() => rig.close());

  describe('lines of output', () => {
    it.each(['0:0', '4711:12'])('come while a command of %s runs, in a system with perl', async (user) => {
      const seen: string[] = [];
      const abort = new AbortController();
      const onLine = (line: string): void => {
        seen.push(line);
        if (seen.length === 2) abort.abort();
      };
      const system = [rig.system, ...(await perlLayers(arch, rig.folder))] as const;
      const commands = [{ argv: ['sh', '-c', 'echo out; echo err >&2; sleep 60'], user }] as const;
      const options = { onLine, system, signal: abort.signal, timeoutSeconds: 15 };
      // Only lines that come while the command runs can stop it before its time is up.
      expect(failureOf(await rig.run(commands, options)).code).toBe('aborted');
      expect(seen.sort()).toEqual(['err', 'out']);
    });

    it.each(['0:0', '4711:12'])('of a command of %s come whole, also the last one', async (user) => {
      const seen: string[] = [];
      const system = [rig.system, ...(await perlLayers(arch, rig.folder))] as const;
      const commands = [
        { argv: ['sh', '-c', 'echo early; echo late >&2; printf unfinished'], user },
      ] as const;
      const onLine = (line: string): void => void seen.push(line);
      const [command] = valueOf(await rig.run(commands, { onLine, system })).commands;
      expect(command).toMatchObject({ exitCode: 0, stdout: 'early\nunfinished', stderr: 'late\n' });
      expect(seen.sort()).toEqual(['early', 'late', 'unfinished']);
    });

    it('are whole where there are many of them', async () => {
      let count = 0;
      const system = [rig.system, ...(await perlLayers(arch, rig.folder))] as const;
      const [command] = valueOf(
        await rig.run(['seq 200000'], { system, onLine: () => (count += 1) }),
      ).commands;
      expect(command?.stdout).toHaveLength(1_288_895);
      expect(count).toBe(200_000);
    });
  });

  describe('a step', () => {
    it('shows a large mount, with the modes of its files', async () => {
      const source = await mkdtemp(join(rig.folder, 'large-'));
      await writeFile(join(source, 'run'), `#!/bin/sh\necho ran\n#${'x'.repeat(100_000)}\n`, { mode: 0o755 });
      const mounts = [{ source, target: '/mnt/large' }];
      const scripts = ['/mnt/large/run', 'echo x > /mnt/large/new'];
      const { commands } = valueOf(await rig.run(scripts, { mounts, onFailure: 'continue' }));
      expect(commands[0]?.stdout).toBe('ran\n');
      expect(commands[1]?.exitCode).not.toBe(0);
    });

    it('never gets the result of an earlier one', async () => {
      const script = 'cat /proc/sys/kernel/random/uuid';
      const results = [await rig.run([script]), await rig.run([script])];
      const [one, two] = results.map((result) => valueOf(result).commands[0]?.stdout);
      expect(one).not.toBe(two);
    });

    it('goes on as another user where it left off', async () => {
      const commands = [
        { argv: ['sh', '-c', 'echo kept > /tmp/note; exit 3'], user: '4711' },
        { argv: ['cat', '/tmp/note'], user: 'some' },
        { argv: ['id', '-u'] },
      ] as const;
      const all = valueOf(await rig.run(commands, { onFailure: 'continue' })).commands;
      expect(all.map(({ exitCode }) => exitCode)).toEqual([3, 0, 0]);
      expect(all.map(({ stdout }) => stdout)).toEqual(['', 'kept\n', '0\n']);
      const some = valueOf(await rig.run(commands)).commands;
      expect(some.map(({ exitCode }) => exitCode)).toEqual([3]);
    });

    it('with the network of the engine says that it was not isolated', async () => {
      const { commands, isolated } = valueOf(
        await rig.run(['tail -n +3 /proc/net/dev'], { network: 'host' }),
      );
      expect(commands[0]?.stdout.trim().split('\n').length).toBeGreaterThan(1);
      expect(isolated).toBe(false);
    });

    it('tells when the system has no shell', async () => {
      const [perl] = await perlLayers(arch, rig.folder);
      if (!perl) throw new Error('no layer');
      expect(failureOf(await rig.run(['true'], { system: [perl] }))).toMatchObject({ code: 'engine' });
    });

    it('ends in the engine when it is stopped', async () => {
      const mark = newMark();
      const abort = new AbortController();
      const running = rig.run([`trap "" TERM; sleep ${mark} & sleep ${mark}`], { signal: abort.signal });
      await until(async () => (await processesWith(mark)) === 2);
      abort.abort();
      expect(failureOf(await running).code).toBe('aborted');
      await until(async () => (await processesWith(mark)) === 0, 5);
    });

    it('ends in the engine when its time is up', async () => {
      const mark = newMark();
      expect(failureOf(await rig.run([`sleep ${mark}`], { timeoutSeconds: 3 })).code).toBe('timeout');
      await until(async () => (await processesWith(mark)) === 0, 5);
    });
  });

  if (runner.startsWith('unix://')) describe('an engine that goes away', () => lostTests(runner, () => rig));
  else
    describe('an engine that goes away', () => {
      it('is not tried', (context) => context.skip('the engine is not at a unix socket'));
    });
}

/** A stand-in for the engine's socket, so that the engine itself can live on for other tests. */
interface Between {
  readonly address: string;
  /** As if the engine were killed: closes all connections, and stops listening. */
  breakOff(): void;
  /** As if the engine hung: passes no data on. */
  hang(): void;
  close(): Promise<void>;
}

async function startBetween(runner: string): Promise<Between> {
  const folder = await mkdtemp(join(tmpdir(), 'between-'));
  const path = join(folder, 'engine.sock');
  const sockets = new Set<Socket>();
  let hangs = false;
  const server = createServer((near) => {
    const far = connect(runner.slice('unix://'.length));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => hangs || to.write(chunk));
      from.on('close', () => to.destroy()).on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const breakOff = (): void => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  };
  return {
    address: `unix://${path}`,
    breakOff,
    hang: () => void (hangs = true),
    async close() {
      breakOff();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function lostTests(runner: string, shared: () => Rig): void {
  const HEALTH = { everyMs: 500, answerMs: 1000, silenceMs: 3000 };

  async function lose(how: (between: Between) => void): Promise<{ code: string; took: number }> {
    const between = await startBetween(runner);
    const env = { ...process.env, _EXPERIMENTAL_DAGGER_RUNNER_HOST: between.address };
    const place = { kind: 'runner', origin: between.address, address: between.address } as const;
    let session: DaggerSession | undefined;
    const rig = await openRig(async (storeRoot) => {
      const joined = await joinSession({ env, storeRoot }, place);
      if (!joined.ok) return joined;
      session = joined.value;
      return { ok: true, value: daggerEngine(session, { storeRoot, health: HEALTH }) };
    });
    try {
      const mark = newMark();
      const running = rig.run([`sleep ${mark}`]);
      await until(async () => (await processesWith(mark)) === 1);
      const begin = Date.now();
      how(between);
      const failure = failureOf(await running);
      expect(failure.message).toContain('lost the connection');
      return { code: failure.code, took: Date.now() - begin };
    } finally {
      await rig.close();
      await session?.close();
      await between.close();
    }
  }

  it('by being killed is reported at once, and the next step works', async () => {
    const { code, took } = await lose((between) => between.breakOff());
    expect(code).toBe('engine');
    expect(took).toBeLessThan(10_000);
    expect(valueOf(await shared().run(['true'])).commands[0]?.exitCode).toBe(0);
  });

  it('by hanging is reported after a silence that is too long', async () => {
    const { code, took } = await lose((between) => between.hang());
    expect(code).toBe('engine');
    expect(took).toBeGreaterThan(2500);
    expect(took).toBeLessThan(10_000);
  });
}
