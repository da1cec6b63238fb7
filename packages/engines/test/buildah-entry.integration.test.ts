import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepCommand } from '../src';
import { openRig, type Rig } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { openBuildah } from '../src/buildah/open';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig((storeRoot) => openBuildah({ env: process.env, storeRoot }));
});
afterAll(() => rig.close());

const asUser = (script: string, user: string): StepCommand => ({ argv: ['sh', '-c', script], user });

async function resultsOf(...commands: readonly (string | StepCommand)[]) {
  return valueOf(await rig.run(commands, { onFailure: 'continue' })).commands;
}

/** The processes of the container, one a line, without those of buildah. */
const PROCESSES =
  'for p in /proc/[0-9]*; do case $(cat $p/cmdline) in buildah*) ;; *) cat $p/stat ;; esac; done';

async function processesAfter(script: string): Promise<number> {
  const [alone, , after] = await resultsOf(PROCESSES, script, PROCESSES);
  const count = (text = ''): number => text.trim().split('\n').length;
  return count(after?.stdout) - count(alone?.stdout);
}

describe('an entry into the container', () => {
  it('runs all commands of one user', async () => {
    const results = await resultsOf(
      ...['1:1', '1:1', '2:2', '1:1'].map((user) => asUser('echo $PPID $(id -u)', user)),
    );
    const [first, second, other, last] = results.map(({ stdout }) => stdout.trim().split(' '));
    expect(second).toEqual(first);
    expect([first?.[1], other?.[1], last?.[1]]).toEqual(['1', '2', '1']);
  });

  it('gives each command an empty input, all signals, and outputs of its own', async () => {
    const script =
      'wc -c; ls /proc/self/fd | wc -l; grep ^SigIgn /proc/self/status; ls -l /proc/self/fd/1 /.step | wc -l';
    const [first, second, third] = await resultsOf(script, script, { argv: ['ls', '/.step'] });
    expect(first?.stdout).toMatch(/^0\n\d+\nSigIgn:\t0{16}\n/);
    expect(second?.stdout).toBe(first?.stdout);
    expect(third?.stdout).toBe('err\nout\n');
  });

  it.each([
    ['a process in the background', 'sleep 300 & true'],
    ['a daemon', '(busybox setsid sh -c "trap : TERM HUP; sleep 300; sleep 300" &) ; true'],
    ['processes that start others and end', 'again() { again & }; again'],
  ])('ends %s with its command, and leaves no zombie', async (_, script) => {
    expect(await processesAfter(script)).toBe(0);
  });
});

describe('a command that breaks its entry', () => {
  const after = { exitCode: 0, stdout: 'after\n', stderr: '', timedOut: false };

  it.each([
    ['kills its parent', 'echo before; kill -KILL $PPID; sleep 60'],
    ['kills its process group', 'echo before; kill -KILL 0; sleep 60'],
    ['kills all processes', 'echo before; kill -KILL -1; sleep 60'],
  ])('counts as killed if it %s', async (_, script) => {
    const [first, broken, last] = await resultsOf('echo first', script, 'echo after');
    expect(first).toMatchObject({ exitCode: 0, stdout: 'first\n' });
    expect(broken).toMatchObject({ exitCode: 137, stdout: 'before\n', stderr: '', timedOut: false });
    expect(last).toMatchObject(after);
  });

  it('does not end the step of another command', async () => {
    const begin = Date.now();
    const hangs: StepCommand = { argv: ['sh', '-c', 'echo before; printf cut; sleep 60'], timeoutSeconds: 1 };
    const results = await resultsOf(
      'echo > /data/first',
      hangs,
      'test -e /data/first',
      'exit 3',
      'echo after',
    );
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 137, 0, 3, 0]);
    expect(results[1]).toMatchObject({ timedOut: true, stdout: 'before\n' });
    expect(results[4]).toMatchObject(after);
    expect(Date.now() - begin).toBeLessThan(30_000);
  });

  it('is stopped by an abort, whatever ran before', async () => {
    const abort = new AbortController();
    const onLine = (line: string): void => {
      if (line === 'second') abort.abort();
    };
    const running = rig.run(['echo first', 'trap "" TERM; echo second; sleep 60; sleep 60'], {
      signal: abort.signal,
      onLine,
    });
    const result = await Promise.race([running, sleep(20_000)]);
    expect(result).toMatchObject({ ok: false, failures: [{ code: 'aborted' }] });
  });

  it('is reported with what buildah says if it could not be started', async () => {
    const result = await rig.run(['true'], { mounts: [{ source: '/no/such/folder', target: '/mnt' }] });
    const details = expect.arrayContaining([expect.stringContaining('/no/such/folder')]) as string[];
    expect(result).toMatchObject({ ok: false, failures: [{ code: 'engine', details }] });
  });
});
