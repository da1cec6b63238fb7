import { describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { runInForeground } from '../src';
import { aliveWithMark, failureOf, newMark } from './help';

describe('runInForeground', () => {
  it.each([
    ['exit 7', { exitCode: 7 }],
    ['exit 130', { exitCode: 130 }],
    ['kill -INT $$', { exitCode: 130, signal: 'SIGINT' }],
    ['kill -KILL $$', { exitCode: 137, signal: 'SIGKILL' }],
  ])('returns how a program ended: %s', async (script, end) => {
    expect(valueOf(await runInForeground({ argv: ['sh', '-c', script] }))).toEqual(end);
  });

  it('leaves the program in the process group of its caller, so that Ctrl-C reaches both', async () => {
    const script = `[ "$(cut -d ' ' -f 5 /proc/$$/stat)" = "$(cut -d ' ' -f 5 /proc/$PPID/stat)" ]`;
    expect(valueOf(await runInForeground({ argv: ['sh', '-c', script] })).exitCode).toBe(0);
  });

  it('sends on signals that it is to forward, and none that it is to ignore', async () => {
    const script = 'trap "exit 5" HUP; trap "exit 6" USR2; kill -s USR1 $PPID; while :; do sleep 0.05; done';
    const listeners = () => process.listenerCount('SIGHUP') + process.listenerCount('SIGUSR2');
    const before = listeners();
    const heard = new Promise((resolve) => process.once('SIGUSR1', resolve));
    const running = runInForeground({
      argv: ['sh', '-c', script],
      forwards: ['SIGHUP'],
      ignores: ['SIGUSR2'],
    });
    await heard;
    // As the system would call them: a real signal would reach other tests of this process.
    for (const name of ['SIGUSR2', 'SIGHUP'] as const) process.emit(name, name);
    expect(valueOf(await running)).toEqual({ exitCode: 5 });
    expect(listeners()).toBe(before);
  });

  it('ends the program on abort', async () => {
    const mark = newMark();
    const signal = AbortSignal.timeout(100);
    const ended = await runInForeground({ argv: ['sleep', mark], signal });
    expect(valueOf(ended)).toEqual({ exitCode: 143, signal: 'SIGTERM' });
    expect(await aliveWithMark(mark)).toEqual([]);
  });

  it('fails where it can not be started, and starts nothing after an abort', async () => {
    expect(failureOf(await runInForeground({ argv: ['no-such-program-here'] })).code).toBe('command-missing');
    const signal = AbortSignal.abort();
    expect(failureOf(await runInForeground({ argv: ['true'], signal })).code).toBe('aborted');
  });
});
