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
