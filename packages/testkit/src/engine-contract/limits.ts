import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { valueOf } from '../helpers';
import { failureOf, type ContractOptions, type Rig } from './rig';

/** Isolation, time limits, abort, steps at once, platforms. */
export function limitTests(rig: () => Rig, options: ContractOptions): void {
  isolationTests(rig);
  scratchTests(rig);
  timeTests(rig);
  abortTests(rig, options);
}

function isolationTests(rig: () => Rig): void {
  it('has no network but a loopback interface, and no route', async () => {
    const scripts = ['tail -n +3 /proc/net/dev', 'ls /sys/class/net', 'tail -n +2 /proc/net/route'];
    const { commands, isolated } = valueOf(await rig().run(scripts, { onFailure: 'continue' }));
    const [interfaces, classes, routes] = commands.map(({ stdout }) => stdout.trim());
    expect(interfaces?.split('\n').map((line) => line.trim().split(':')[0])).toEqual(['lo']);
    expect(classes === '' || classes === 'lo').toBe(true);
    expect(routes).toBe('');
    expect(isolated).toBe(true);
  });

  it('shows nothing of this machine: its name, its processes', async () => {
    const mark = `mark${process.pid}`;
    const script = `uname -n; cat /etc/hostname; for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done # ${mark}`;
    const [command] = valueOf(await rig().run([script])).commands;
    const [uname, file] = command?.stdout.split('\n') ?? [];
    expect(uname).toBe(file);
    expect(command?.stdout).toContain(mark);
    expect(command?.stdout).not.toContain('vitest');
  });
}

/** Where programs leave files that are in no system. */
const SCRATCH = ['/dev/shm', '/dev/mqueue', '/tmp', '/run', '/var/tmp'];

/** Of every container (OCI runtime-spec 1.2, config-linux.md), with what engines add: core, console, fuse. */
const DEVICES =
  'console core fd full fuse mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero'.split(' ');

function scratchTests(rig: () => Rig): void {
  it('keeps what it writes outside of its system from the next step, and from this machine', async () => {
    const mark = `left-${process.pid}-${Date.now()}`;
    const folders = SCRATCH.join(' ');
    const write = `mkdir -p /var/tmp; for f in ${folders}; do touch $f/${mark} || true; done 2> /dev/null; ls -d /*/*/${mark} /*/${mark}`;
    const look = `for f in ${folders}; do ls $f/${mark} || true; done 2> /dev/null`;
    const [written] = valueOf(await rig().run([write], { onFailure: 'continue' })).commands;
    expect(written?.stdout).toContain(`/dev/shm/${mark}`);
    expect(valueOf(await rig().run([look])).commands[0]?.stdout).toBe('');
    expect(SCRATCH.filter((folder) => existsSync(join(folder, mark)))).toEqual([]);
  });

  it('has no devices but those of every container', async () => {
    const listed =
      valueOf(await rig().run(['ls /dev']))
        .commands[0]?.stdout.trim()
        .split('\n') ?? [];
    expect(listed.filter((name) => !DEVICES.includes(name))).toEqual([]);
    expect(listed).toEqual(expect.arrayContaining(['full', 'null', 'random', 'tty', 'urandom', 'zero']));
    const works = 'head -c 4 /dev/zero | wc -c; head -c 4 /dev/urandom | wc -c; echo x > /dev/null';
    expect(valueOf(await rig().run([works])).commands[0]?.stdout).toBe('4\n4\n');
  });
}

function timeTests(rig: () => Rig): void {
  it('kills a command when its own time is up, keeps what it said, and goes on', async () => {
    const slow = {
      argv: ['sh', '-c', 'echo before; trap "" TERM; sleep 60; sleep 60'],
      timeoutSeconds: 0.5,
    } as const;
    const begin = Date.now();
    const { commands } = valueOf(await rig().run([slow, 'echo after'], { onFailure: 'continue' }));
    expect(commands[0]).toMatchObject({ exitCode: 137, timedOut: true, stdout: 'before\n' });
    expect(commands[1]).toMatchObject({ exitCode: 0, stdout: 'after\n' });
    expect(Date.now() - begin).toBeLessThan(15_000);
  });

  it('takes time limits that are no whole milliseconds, or longer than timers are', async () => {
    const soon = { argv: ['sh', '-c', 'sleep 60'], timeoutSeconds: 0.2001 } as const;
    const { commands } = valueOf(
      await rig().run([soon, 'echo after'], { onFailure: 'continue', timeoutSeconds: 1e9 + 0.1 }),
    );
    expect(commands.map(({ timedOut }) => timedOut)).toEqual([true, false]);
  });

  it('fails when the time of the whole step is up', async () => {
    const changesTo = join(rig().folder, 'late.tar');
    const failure = failureOf(await rig().run(['sleep 60'], { timeoutSeconds: 1, changesTo }));
    expect(failure).toMatchObject({ code: 'timeout' });
    await expect(access(changesTo)).rejects.toThrow();
  });
}

function abortTests(rig: () => Rig, { reasonWhyLinesComeLate }: ContractOptions): void {
  it('ends soon on abort', async () => {
    const abort = new AbortController();
    const { signal } = abort;
    let begin = NaN;
    const stop = (): void => {
      if (signal.aborted) return;
      begin = Date.now();
      abort.abort();
    };
    const script = 'trap "" TERM; echo started; sleep 60; sleep 60';
    const running = rig().run([script], { signal, onLine: stop });
    // Without lines nothing shows here that the command runs.
    if (reasonWhyLinesComeLate !== undefined) await sleep(1500).then(stop);
    expect(failureOf(await running).code).toBe('aborted');
    expect(Date.now() - begin).toBeLessThan(5000);
  });

  it('starts nothing if the signal was aborted before', async () => {
    expect(failureOf(await rig().run(['true'], { signal: AbortSignal.abort() })).code).toBe('aborted');
  });

  it('runs steps at once, each with a system of its own', async () => {
    // The steps can't wait for each other: they have nothing in common.
    const results = await Promise.all(
      [1, 2, 3].map((n) => rig().run([`echo ${n} > /data/mine; sleep 1; cat /data/mine`])),
    );
    expect(results.map((result) => valueOf(result).commands[0]?.stdout)).toEqual(['1\n', '2\n', '3\n']);
  });

  it('fails where a layer is not what it is said to be', async () => {
    const { system } = rig();
    const diffId = `sha256:${'0'.repeat(64)}` as const;
    const failure = failureOf(await rig().run(['true'], { system: [{ ...system, diffId }] }));
    expect(['checksum', 'engine']).toContain(failure.code);
  });

  it('runs linux/arm64 and linux/amd64, or says how to be able to', async (context) => {
    const arch = process.arch === 'arm64' ? 'amd64' : 'arm64';
    const foreign = { platform: `linux/${arch}`, system: [await rig().systemOf(arch)] } as const;
    const result = await rig().run(['uname -m; echo x > /data/new'], foreign);
    if (!result.ok && result.failures[0].code === 'platform') {
      expect(result.failures[0].hint).toContain('./bootstrap --all-platforms');
      context.skip(result.failures[0].message);
    }
    const machine = arch === 'arm64' ? 'aarch64\n' : 'x86_64\n';
    expect(valueOf(result).commands[0]).toMatchObject({ exitCode: 0, stdout: machine });
  });
}
