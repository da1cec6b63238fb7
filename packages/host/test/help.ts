import { randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '@image-tooling/model';

export function failureOf(result: Result<unknown>): Failure {
  if (result.ok) throw new Error('It succeeded, a failure was expected.');
  return result.failures[0];
}

/** A number of seconds for `sleep` that no other process on the machine has among its arguments. */
export function newMark(): string {
  return `3600.${randomInt(1e9, 9e9)}`;
}

/** How long a process that was killed may take to disappear. */
const DYING_MS = 100;

/** The ids of processes that have the mark among their arguments, and have not died within a moment. */
export async function aliveWithMark(mark: string): Promise<string[]> {
  const end = Date.now() + DYING_MS;
  for (;;) {
    const alive = await withMark(mark);
    if (alive.length === 0 || Date.now() > end) return alive;
    await sleep(10);
  }
}

async function withMark(mark: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
  );
  return ids.filter((_, index) => commands[index]?.includes(mark));
}
