import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * A name for what belongs to this process: its id and start time (so that a later process with the same id
 * is not taken for it), its pid namespace, and something random.
 */
export function newOwnedName(): string {
  return `${process.pid}-${startTime(process.pid)}-${pidNamespace()}-${randomBytes(4).toString('hex')}`;
}

/** Whether the process that made this name is gone. A process of another pid namespace can't be seen: not gone. */
export function isOrphan(name: string): boolean {
  const [pid, start, namespace, random] = name.split('-');
  if (random === undefined || namespace !== pidNamespace()) return false;
  return startTime(Number(pid)) !== start;
}

/** Field 22 of /proc/<pid>/stat, in clock ticks since boot (proc(5)); undefined where there is no such process. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function pidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
}
