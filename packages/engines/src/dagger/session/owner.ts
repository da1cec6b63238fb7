import { readFileSync } from 'node:fs';
import { isAlive, ownProcess, parentOf, type ProcessId, startTime } from '@image-tooling/host';
import type { Environment } from '../environment';

/** Whose life a session follows. */
export interface Owner extends ProcessId {
  /** Whether the owner is the run that started this process, so that its other tasks use the session too. */
  readonly shared: boolean;
}

/** Nx sets it for each task, and for nothing else. */
const TASK = 'NX_TASK_TARGET_PROJECT';

/**
 * The run this process belongs to: its first ancestor that no task of Nx started, which is nx itself. Outside of
 * Nx, or where that can't be seen, this process alone. Linux only (/proc).
 */
export function findOwner(env: Environment): Owner {
  const own = { ...ownProcess(), shared: false };
  if (!env[TASK]) return own;
  for (let pid = parentOf(process.pid); pid > 1; pid = parentOf(pid)) {
    const task = isTask(pid);
    if (task === undefined || isInit(pid)) return own;
    const owner = { pid, start: startTime(pid) ?? '' };
    if (!task) return isAlive(owner) ? { ...owner, shared: true } : own;
  }
  return own;
}

/** By the environment that the process was started with; undefined where it may not be read. */
function isTask(pid: number): boolean | undefined {
  const environ = read(`/proc/${pid}/environ`);
  return environ?.split('\0').some((entry) => entry.startsWith(`${TASK}=`));
}

/** What adopts processes whose parent died: it outlives any run. */
function isInit(pid: number): boolean {
  return read(`/proc/${pid}/comm`)?.trim() === 'systemd';
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
