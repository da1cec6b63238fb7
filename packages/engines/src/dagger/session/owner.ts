import { readFileSync } from 'node:fs';
import { isAlive, ownProcess, parentOf, type ProcessId, startTime } from '@image-tooling/host';
import type { Environment } from '../environment';

/** The process that a session ends with. */
export interface Owner extends ProcessId {
  /** Whether the owner is the run that started this process, so that its other tasks use the session too. */
  readonly shared: boolean;
}

/** Nx sets this for tasks only. */
const TASK = 'NX_TASK_TARGET_PROJECT';

/**
 * Returns the run that this process belongs to: its first ancestor that is not a task of Nx, which is nx
 * itself. Outside of Nx, or if that is unknown, this process itself. Linux only (/proc).
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

/** Checks the environment that the process was started with; undefined if it can't be read. */
function isTask(pid: number): boolean | undefined {
  const environ = read(`/proc/${pid}/environ`);
  return environ?.split('\0').some((entry) => entry.startsWith(`${TASK}=`));
}

/** Returns whether the process adopts orphans, so that it does not end with a run. */
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
