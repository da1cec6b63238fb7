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

/** The ids of processes that have the mark among their arguments, after a moment to let them die. */
export async function aliveWithMark(mark: string): Promise<string[]> {
  await sleep(100);
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
  );
  return ids.filter((_, index) => commands[index]?.includes(mark));
}
