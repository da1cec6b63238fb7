import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { start } from '../src';
import { aliveWithMark, failureOf, newMark } from './help';

describe('start', () => {
  it('leaves the streams to the caller', async () => {
    const cat = valueOf(await start({ argv: ['cat'] }));
    cat.stdin.end('through');
    let text = '';
    for await (const chunk of cat.stdout) text += String(chunk);
    expect(text).toBe('through');
    expect(valueOf(await cat.ended)).toEqual({ exitCode: 0, stderr: '' });
  });

  it('tells exit code and standard error', async () => {
    const program = valueOf(await start({ argv: ['sh', '-c', 'echo why >&2; exit 4'] }));
    program.stdout.resume();
    expect(valueOf(await program.ended)).toEqual({ exitCode: 4, stderr: 'why\n' });
  });

  it('keeps what a program wrote for a reader that comes after its end', async () => {
    const program = valueOf(await start({ argv: ['sh', '-c', 'echo kept'] }));
    // Node has handled its end when its process id is free.
    await vi.waitFor(() => expect(() => process.kill(program.pid, 0)).toThrow('ESRCH'), 5000);
    await setImmediate();
    let text = '';
    for await (const chunk of program.stdout) text += String(chunk);
    expect(text).toBe('kept\n');
    expect(valueOf(await program.ended).exitCode).toBe(0);
  });

  it('survives a program that closes its input early', async () => {
    const program = valueOf(await start({ argv: ['sh', '-c', 'exec <&-; exit 3'] }));
    program.stdout.resume();
    program.stdin.write(Buffer.alloc(1_000_000));
    expect(valueOf(await program.ended).exitCode).toBe(3);
  });

  it('ends the group on abort, with SIGTERM first', async () => {
    const mark = newMark();
    const abort = new AbortController();
    const child = `trap 'echo child asked; exit' TERM; sleep ${mark} & echo started; wait`;
    const script = `trap 'echo parent asked; exit' TERM; sh -c "$0" & wait`;
    const program = valueOf(await start({ argv: ['sh', '-c', script, child], signal: abort.signal }));
    const lines: string[] = [];
    for await (const line of createInterface({ input: program.stdout })) {
      lines.push(line);
      if (line === 'started') abort.abort();
    }
    expect(failureOf(await program.ended).code).toBe('aborted');
    expect(lines.sort()).toEqual(['child asked', 'parent asked', 'started']);
    expect(await aliveWithMark(mark)).toEqual([]);
  });

  it('ends when its time is up', async () => {
    const program = valueOf(await start({ argv: ['sleep', newMark()], timeoutSeconds: 0.2 }));
    program.stdout.resume();
    expect(failureOf(await program.ended).code).toBe('timeout');
  });

  it('fails with command-missing', async () => {
    expect(failureOf(await start({ argv: ['no-such-program-here'] })).code).toBe('command-missing');
  });

  it('fails where the folder to run in is not there', async () => {
    const failure = failureOf(await start({ argv: ['true'], cwd: '/no/such/folder' }));
    expect(failure).toMatchObject({
      code: 'command-failed',
      message: expect.stringContaining('ENOENT') as string,
    });
  });
});
