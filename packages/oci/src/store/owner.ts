import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Names of temporary files say who made them: process id, its start time (process ids come again), and the
 * process-id namespace (containers may share a store).
 */
export function temporaryName(label: string): string {
  const random = randomBytes(6).toString('hex');
  return `${label.replace(/[^a-zA-Z0-9-]/g, '-')}.${process.pid}.${startTime(process.pid) ?? 0}.${namespace()}.${random}`;
}

/** Who made a temporary file: `dead` may be removed, `foreign` can't be known from here. */
export function makerOf(name: string): 'alive' | 'dead' | 'foreign' {
  const match = /\.([0-9]+)\.([0-9]+)\.([0-9]+)\.[0-9a-f]+$/.exec(name);
  if (match?.[3] !== namespace()) return 'foreign';
  const started = startTime(Number(match[1]));
  return started !== undefined && String(started) === match[2] ? 'alive' : 'dead';
}

/** When a process began, in clock ticks since boot: field 22 of /proc/<pid>/stat (proc(5)). */
function startTime(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[22 - 3]);
  } catch {
    return undefined;
  }
}

function namespace(): string {
  try {
    return /[0-9]+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}
