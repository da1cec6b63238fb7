import { readFileSync, readlinkSync } from 'node:fs';

/** A process of this machine: its id and start time, since a later process may get the same id. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly start: string;
}

/** Returns whether a process is alive. A zombie (ended, but not collected by its parent) is not. */
export function isAlive({ pid, start }: ProcessId): boolean {
  return startTime(pid) === start;
}

/** Returns when a process started, in clock ticks since boot; undefined if no such process is alive. */
export function startTime(pid: number): string | undefined {
  const [state, ...rest] = statusFields(pid);
  return state === 'Z' || state === 'X' ? undefined : rest[18];
}

/** Returns the id of a process's parent; 0 if it has none. */
export function parentOf(pid: number): number {
  return Number(statusFields(pid)[1] ?? 0);
}

/** Returns this process itself. */
export function ownProcess(): ProcessId {
  return { pid: process.pid, start: startTime(process.pid) ?? '0' };
}

/** Returns the number of this process's pid namespace (pid_namespaces(7)); 0 if /proc does not show it. */
export function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '0';
  }
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
