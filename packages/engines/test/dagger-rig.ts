import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleProgram } from './bundle';

export interface Joined {
  readonly port?: number;
  readonly failures?: unknown;
  readonly milliseconds: { readonly probe: number; readonly join: number };
}

/** Something that stands for a run of nx. */
export interface FakeRun {
  readonly process: ChildProcess;
  /** Starts tasks at the same moment; what each says when it has joined a session. */
  tasks(count: number): Promise<Joined[]>;
}

export async function bundleTask(folder: string): Promise<string> {
  const outfile = join(folder, 'task.cjs');
  await bundleProgram(join(__dirname, 'dagger-task.ts'), outfile);
  return outfile;
}

export function startRun(task: string, store: string, env: NodeJS.ProcessEnv): FakeRun {
  const outside = { ...env, NX_TASK_TARGET_PROJECT: undefined };
  const owner = spawn(process.execPath, [join(__dirname, 'dagger-owner.cjs'), task, store], {
    env: outside,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: owner.stdout })[Symbol.asyncIterator]();
  return {
    process: owner,
    async tasks(count) {
      owner.stdin.write('\n'.repeat(count));
      const joined: Joined[] = [];
      while (joined.length < count) joined.push(JSON.parse((await lines.next()).value as string) as Joined);
      return joined;
    },
  };
}

/** Processes that have something of a folder open, or were started with a path in it: keepers and sessions. */
export function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        return words.includes(folder) || readlinkSync(`/proc/${pid}/fd/1`).startsWith(folder);
      } catch {
        return false;
      }
    });
}

/** Waits until a condition holds; fails after the given time. */
export async function until(holds: () => boolean, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`It did not come about within ${milliseconds} ms.`);
    await sleep(50);
  }
}

/** SIGKILL to each that is still there. */
export function endAll(pids: readonly number[]): void {
  for (const pid of pids)
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
}
