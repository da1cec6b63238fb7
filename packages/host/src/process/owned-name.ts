import { randomBytes } from 'node:crypto';
import { isAlive, ownProcess, pidNamespace } from './process-id';

/**
 * Returns a name for a temporary file, folder or container that belongs to this process, so that a later process can
 * remove it if this one dies: process id, its start time, its pid namespace (containers may share a folder), and
 * random characters. It begins with a label.
 */
export function newOwnedName(label?: string): string {
  const { pid, start } = ownProcess();
  const name = `${pid}-${start}-${pidNamespace()}-${randomBytes(4).toString('hex')}`;
  return label === undefined ? name : `${label.replace(/[^a-zA-Z0-9-]/g, '-')}.${name}`;
}

/** `foreign`: from another pid namespace, or not such a name, so its owner can't be checked. */
export type OwnerState = 'alive' | 'dead' | 'foreign';

/** The store's names had dots between the four until November 2026. */
const OWNED = /(?:^|\.)(\d+)[-.](\d+)[-.](\d+)[-.][0-9a-f]+$/;

/** Returns whether the process that made a name is alive. */
export function ownerOf(name: string): OwnerState {
  const [, pid, start = '', namespace] = OWNED.exec(name) ?? [];
  if (namespace === undefined || namespace !== pidNamespace()) return 'foreign';
  return isAlive({ pid: Number(pid), start }) ? 'alive' : 'dead';
}

/** Returns whether the process that made a name is known to be dead. */
export function isOrphan(name: string): boolean {
  return ownerOf(name) === 'dead';
}
