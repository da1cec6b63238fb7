import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ownProcess, startTime } from '@image-tooling/host';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseProcesses, processesOfRun, processesText, watchProcesses } from '../src/run/watch';

/** Starts a process whose arguments end as those of `nx`. */
async function startLike(...args: string[]): Promise<ReturnType<typeof spawn>> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

describe('the processes of a run', () => {
  it('are found by their arguments, since Nx’s daemon names no process', async () => {
    const args = ['run-many', '-t', `build-${process.pid}-${Math.random()}`];
    const [first, second, other] = await Promise.all([
      startLike(...args),
      startLike(...args),
      startLike('run-many'),
    ]);
    const found = processesOfRun(['node', 'nx', ...args], false).map(({ pid }) => pid);
    expect(found.sort()).toEqual([first.pid, second.pid].sort());
    expect(found).not.toContain(other.pid);
  });

  it('are the parent where none has these arguments', () => {
    expect(processesOfRun(['node', 'nx', 'no such arguments'], false)).toMatchObject([{ pid: process.ppid }]);
  });

  it('are this one if the plugin runs in Nx itself', () => {
    expect(processesOfRun([], true)).toEqual([ownProcess()]);
  });

  it('are passed as an argument', () => {
    expect(
      parseProcesses(
        processesText([
          { pid: 1, start: '23' },
          { pid: 4, start: '' },
        ]),
      ),
    ).toEqual([
      { pid: 1, start: '23' },
      { pid: 4, start: '' },
    ]);
  });

  it('are watched until the last has ended', async () => {
    const children = [await startLike('a'), await startLike('b')];
    const ids = children.map(({ pid = 0 }) => ({ pid, start: startTime(pid) ?? '' }));
    let ended = 0;
    const stop = watchProcesses(ids, () => (ended += 1), 20);
    children[0]?.kill('SIGKILL');
    await once(children[0] ?? process, 'exit');
    expect(ended).toBe(0);
    children[1]?.kill('SIGKILL');
    await expect.poll(() => ended).toBe(1);
    stop();
  });
});
