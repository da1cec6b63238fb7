import { randomBytes } from 'node:crypto';
import { ownProcess, pidNamespace, startTime } from './processes';

/**
 * A name for what belongs to this process: its id and start time (so that a later process with the same id
 * is not taken for it), its pid namespace, and something random.
 */
export function newOwnedName(): string {
  const { pid, start } = ownProcess();
  return `${pid}-${start}-${pidNamespace()}-${randomBytes(4).toString('hex')}`;
}

/** Whether the process that made this name is gone. A process of another pid namespace can't be seen: not gone. */
export function isOrphan(name: string): boolean {
  const [pid, start, namespace, random] = name.split('-');
  if (random === undefined || namespace !== pidNamespace()) return false;
  return startTime(Number(pid)) !== start;
}
