import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive, isOrphan, newOwnedName, ownerOf, ownProcess, pidNamespace, startTime } from '../src';

/** The fields of /proc/<pid>/stat (proc(5)) behind the program's name: state first. */
const fieldsOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');

/** Never collects its child, which ends at once. Prints its id when the kernel reports the end (SIGCHLD). */
const PARENT = `
  $| = 1;
  $SIG{CHLD} = sub { print "$child\\n" };
  pipe R, W;
  if (($child = fork) == 0) { close W; <R>; exit }
  close W;
  select undef, undef, undef, 0.01 while 1;
`;

/** Returns the id and start time of a process that has ended, and was not collected by its parent. */
async function makeZombie(): Promise<{ pid: number; start: string }> {
  const parent = spawn('perl', ['-e', PARENT], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(fieldsOf(pid)[0]).toBe('Z');
  return { pid, start: fieldsOf(pid)[19]! };
}

describe('isAlive', () => {
  it('is true for this process, by its id and start time', () => {
    expect(ownProcess()).toEqual({ pid: process.pid, start: fieldsOf(process.pid)[19] });
    expect(isAlive(ownProcess())).toBe(true);
    expect(isAlive({ ...ownProcess(), start: '1' })).toBe(false);
  });

  it('is false for a zombie, which has ended', async () => {
    const zombie = await makeZombie();
    expect(isAlive(zombie)).toBe(false);
    expect(startTime(zombie.pid)).toBeUndefined();
  });
});

describe('names with an owner', () => {
  const nameOf = (pid: number, start: string, separator = '-') =>
    [pid, start, pidNamespace(), '0a1b2c3d'].join(separator);

  it('differ, and have a live owner while their process lives, with a label or without', () => {
    const names = [newOwnedName(), newOwnedName(), newOwnedName('blob'), newOwnedName('a b/c')];
    expect(new Set(names).size).toBe(4);
    expect(names.map(ownerOf)).toEqual(['alive', 'alive', 'alive', 'alive']);
    expect(names[3]).toMatch(/^a-b-c\.[0-9a-f-]+$/);
  });

  it('are orphans when their process has ended, or another has its id now', async () => {
    const child = spawn('true');
    const { pid } = child;
    await once(child, 'exit');
    expect(isOrphan(nameOf(pid!, ownProcess().start))).toBe(true);
    expect(isOrphan(nameOf(process.pid, '1'))).toBe(true);
  });

  it('are orphans when their process is a zombie, in the format of older stores too', async () => {
    const { pid, start } = await makeZombie();
    expect(ownerOf(nameOf(pid, start))).toBe('dead');
    expect(ownerOf(`blob.${nameOf(pid, start, '.')}`)).toBe('dead');
    expect(ownerOf(`blob.${nameOf(process.pid, ownProcess().start, '.')}`)).toBe('alive');
  });

  it('are foreign where the process can not be seen, or the name is not such a name', () => {
    expect(ownerOf([process.pid, '1', '4', '0a1b2c3d'].join('-'))).toBe('foreign');
    expect(ownerOf('notes')).toBe('foreign');
    expect(isOrphan('notes')).toBe(false);
  });
});
