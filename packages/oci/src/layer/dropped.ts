import { TEX_DROPPED } from './tex';

/**
 * Paths that a system layer never contains (design, section 5). Rules check an entry's path; of a whiteout, the path
 * that it removes.
 */

/** Folders whose content belongs to a running machine: all content is dropped. */
const EMPTIED = ['dev', 'proc', 'sys', 'run', 'tmp', 'var/tmp'];

/** Folders that keep only their subfolders (packages ship those, with owners). */
const KEEPING_FOLDERS = ['var/cache', 'var/log', 'var/lib/apt/lists'];

/** Files that engines create during a step, locks, and backups of files that programs rewrite. */
const DROPPED = new Set([
  '.dockerenv',
  'etc/hostname',
  'etc/hosts',
  'etc/resolv.conf',
  'etc/.pwd.lock',
  'etc/passwd-',
  'etc/group-',
  'etc/shadow-',
  'etc/gshadow-',
  'etc/subuid-',
  'etc/subgid-',
  'var/lib/dbus/machine-id',
]);

const DROPPED_PATTERNS = [
  /^var\/lib\/dpkg\/[^/]*-old$/,
  /^var\/lib\/dpkg\/lock[^/]*$/,
  /\.dpkg-old$/,
  ...TEX_DROPPED,
];

/** Returns the folders that an engine mounts for a step, and may leave as empty mount points. */
export const MOUNT_POINTS: readonly string[] = ['step', 'debs'];

export function isDropped(path: string, isFolder: boolean, mountPoints: readonly string[]): boolean {
  if (DROPPED.has(path) || DROPPED_PATTERNS.some((pattern) => pattern.test(path))) return true;
  if (mountPoints.some((folder) => path === folder || isBelow(path, folder))) return true;
  if (EMPTIED.some((folder) => isBelow(path, folder))) return true;
  return !isFolder && KEEPING_FOLDERS.some((folder) => isBelow(path, folder));
}

function isBelow(path: string, folder: string): boolean {
  return path.length > folder.length && path.startsWith(folder) && path[folder.length] === '/';
}
