import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { promiseOf, valueOf } from '@image-tooling/testkit/helpers';
import { mustRun, run } from '../src';
import { aliveWithMark, failureOf, newMark } from './help';

describe('run', () => {
  it('gives both outputs and the exit code, which is no failure', async () => {
    const result = valueOf(await run({ argv: ['sh', '-c', 'echo out; echo err >&2; exit 7'] }));
    expect(result).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  it.each([255, 137, 0])('gives exit code %i', async (code) => {
    expect(valueOf(await run({ argv: ['sh', '-c', `exit ${code}`] })).exitCode).toBe(code);
  });

  it('gives 128 + the number of the signal that ended it', async () => {
    expect(valueOf(await run({ argv: ['sh', '-c', 'kill -KILL $$'] })).exitCode).toBe(137);
  });

  it('reads nothing in an argument as shell syntax', async () => {
    const argument = `$(id) '"; rm \\ * \n`;
    expect(valueOf(await run({ argv: ['printf', '%s', argument] })).stdout).toBe(argument);
  });

  it('passes the environment that it is given and no more', async () => {
    const env = { PATH: process.env['PATH'], ONLY: 'this' };
    const { stdout } = valueOf(await run({ argv: ['env'], env }));
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names).toContain('ONLY');
    expect(names).not.toContain('HOME');
  });

  it('passes input to standard input, and closes standard input without input', async () => {
    expect(valueOf(await run({ argv: ['cat'], input: 'text' })).stdout).toBe('text');
    expect(valueOf(await run({ argv: ['cat'] })).stdout).toBe('');
  });

  it('fails with command-missing for a program that is not there', async () => {
    expect(failureOf(await run({ argv: ['no-such-program-here'] }))).toMatchObject({
      code: 'command-missing',
      message: 'The program "no-such-program-here" is not on this machine.',
    });
  });

  it('keeps what was asked for of a long output, and refuses to be given too much', async () => {
    const argv = ['sh', '-c', 'seq 1000000'] as const;
    const { stdout } = valueOf(await run({ argv, keepBytes: 1000 }));
    expect(stdout).toMatch(/^1\n2\n[^]*\n… 6\.9 MB left out …\n[^]*\n1000000\n$/);
    const failure = failureOf(await run({ argv: ['sh', '-c', 'head -c 130000000 /dev/zero'] }));
    expect(failure).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('printed more than 128 MB') as string,
    });
  });

  it('fails where it can not be started', async () => {
    const message = expect.stringContaining('could not be started: spawn') as string;
    const long = 'x'.repeat(200_000);
    expect(failureOf(await run({ argv: ['true', long] }))).toMatchObject({ code: 'command-failed', message });
    expect(failureOf(await run({ argv: ['true'], cwd: '/nowhere' }))).toMatchObject({ message });
    // It is there, its interpreter is not: no program is missing on this machine.
    const folder = await mkdtemp(join(tmpdir(), 'programs-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'broken'), '#!/no/such/interpreter\n', { mode: 0o755 });
    const failed = { code: 'command-failed', message };
    expect(failureOf(await run({ argv: ['broken'], env: { PATH: folder } }))).toMatchObject(failed);
    expect(failureOf(await run({ argv: [join(folder, 'broken')] }))).toMatchObject(failed);
  });

  it('hands out lines while the program runs, the last one also without a newline', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lines-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const seen: string[] = [];
    const onLine = (line: string): void => {
      seen.push(line);
      if (line === 'first') void writeFile(join(folder, 'go'), 'on\n');
    };
    // The program ends only if its first line came while it ran.
    const script = 'mkfifo go; echo first; read -r _ < go; printf last';
    valueOf(await run({ argv: ['sh', '-c', script], cwd: folder, onLine, timeoutSeconds: 3 }));
    expect(seen).toEqual(['first', 'last']);
  });
});

describe('a run that is stopped', () => {
  it.each([
    ['kill -INT $$', 'SIGINT'],
    ['kill -TERM $$', 'SIGTERM'],
    ['kill -HUP $$', 'SIGHUP'],
    ['trap "exit 130" INT; kill -INT $$', 'SIGINT'],
    ['trap "exit 143" TERM; kill -TERM $$', 'SIGTERM'],
  ])('is no failed command where the program got the signal first: %s', async (script, signal) => {
    const stopped = { code: 'aborted', message: `Stopped: "sh" was ended by ${signal}.` };
    expect(failureOf(await run({ argv: ['sh', '-c', script] }))).toEqual(stopped);
    expect(failureOf(await mustRun({ argv: ['sh', '-c', script] }))).toEqual(stopped);
  });

  it('ends the whole process group when its time is up, and shows what it said', async () => {
    const mark = newMark();
    const script = `echo before; sleep ${mark} & sleep ${mark}`;
    const failure = failureOf(await run({ argv: ['sh', '-c', script], timeoutSeconds: 0.5 }));
    expect(failure.code).toBe('timeout');
    expect(failure.details).toEqual(['before']);
    expect(await aliveWithMark(mark)).toEqual([]);
  });

  it('ends on abort, and kills a child that ignores SIGTERM after the grace', async () => {
    const mark = newMark();
    const abort = new AbortController();
    const ignores = promiseOf<string>();
    const running = run({
      argv: ['sh', '-c', `trap "" TERM; echo ignores; while :; do sleep ${mark}; done`],
      signal: abort.signal,
      graceSeconds: 0.3,
      onLine: ignores.resolve,
    });
    expect(await ignores.promise).toBe('ignores');
    const begin = Date.now();
    abort.abort();
    expect(failureOf(await running).code).toBe('aborted');
    expect(Date.now() - begin).toBeGreaterThan(280);
    expect(Date.now() - begin).toBeLessThan(4500);
    expect(await aliveWithMark(mark)).toEqual([]);
  });

  it('does not wait for a process that left the group and holds the output open', async () => {
    const mark = newMark();
    const abort = new AbortController();
    const left = promiseOf<string>();
    const running = run({
      argv: ['sh', '-c', `setsid sh -c 'echo $$; exec sleep ${mark}' & sleep ${mark}`],
      signal: abort.signal,
      graceSeconds: 0.05,
      onLine: left.resolve,
    });
    const pid = Number(await left.promise);
    onTestFinished(() => void process.kill(pid, 'SIGKILL'));
    abort.abort();
    expect(failureOf(await running).code).toBe('aborted');
    // It holds the output open still.
    process.kill(pid, 0);
  });

  it('starts nothing where the signal was aborted before', async () => {
    const result = await run({ argv: ['true'], signal: AbortSignal.abort() });
    expect(failureOf(result).code).toBe('aborted');
  });
});

describe('mustRun', () => {
  it('makes an exit code a failure with the last lines of output', async () => {
    const failure = failureOf(await mustRun({ argv: ['sh', '-c', 'seq 30 >&2; exit 3'] }));
    expect(failure.code).toBe('command-failed');
    expect(failure.message).toContain('ended with exit code 3');
    expect(failure.details).toEqual(Array.from({ length: 20 }, (_, at) => String(at + 11)));
  });

  it('shows no secret, neither in the message nor in the output', async () => {
    const secrets = ['hunter2'];
    const script = 'echo hunter2 https://me:pw@example.invalid/ >&2; exit 1';
    const text = JSON.stringify(failureOf(await mustRun({ argv: ['sh', '-c', script], secrets })));
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('me:pw');
    expect(text).toContain('https://***@example.invalid/');
  });
});
