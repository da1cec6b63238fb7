import { readFileSync, readlinkSync } from 'node:fs';

/** A process of this machine: its id, and its start time, so that a later one with the same id is not taken for it. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly start: string;
}

/** Start time of a process; undefined where there is none, or only what its parent has not yet collected. */
export function startTime(pid: number): string | undefined {
  const [state, ...rest] = statusFields(pid);
  return state === 'Z' || state === 'X' ? undefined : rest[18];
}

/** The id of a process's parent; 0 where there is none. */
export function parentOf(pid: number): number {
  return Number(statusFields(pid)[1] ?? 0);
}

export function lives({ pid, start }: ProcessId): boolean {
  return startTime(pid) === start;
}

/** This process itself. */
export function ownProcess(): ProcessId {
  return { pid: process.pid, start: startTime(process.pid) ?? '' };
}

export function pidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
}

/** Fields 3 and following of /proc/<pid>/stat (proc(5)): state, parent, …, start time as the 22nd. Linux only. */
function statusFields(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
