import { displayPath } from '../bytes';
import type { PathIndex, PathRecord } from './path-index';

/**
 * Returns the first path, byte by byte, that differs in two path indexes, and how: "/etc/x: mode 644, then 755".
 * Undefined if they are equal: then only contents of files of the same size can differ.
 */
export function firstDifference(before: PathIndex, after: PathIndex): string | undefined {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const path = paths.find((one) => shown(before.get(one)) !== shown(after.get(one)));
  return path === undefined
    ? undefined
    : `/${displayPath(path)}: ${shown(before.get(path))}, then ${shown(after.get(path))}`;
}

function shown(record: PathRecord | undefined): string {
  if (!record) return 'absent';
  if (record.kind === 'removed' || record.kind === 'opaque') return record.kind;
  const owner = `mode ${record.mode.toString(8)}, owner ${record.uid}:${record.gid}`;
  if (record.kind === 'dir') return `a folder, ${owner}`;
  const link = record.link === undefined ? '' : ` to ${displayPath(record.link)}`;
  return `a ${record.type}${link} of ${record.size} bytes, ${owner}`;
}
