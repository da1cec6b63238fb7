import { TEX_DROPPED } from './tex';

/**
 * What a system layer never holds (design, section 5). Rules look at an entry's path; a whiteout is judged by
 * the path it removes.
 */

/** Folders whose content belongs to a running machine: emptied wholly. */
const EMPTIED = ['dev', 'proc', 'sys', 'run', 'tmp', 'var/tmp'];

/** Folders that keep the folders in them (packages ship those, with owners) but nothing else. */
const KEEPING_FOLDERS = ['var/cache', 'var/log', 'var/lib/apt/lists'];

/** Made by engines for the time of a step, locks, and copies that programs leave of what they rewrite. */
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

/** Folders of the host that an engine mounts for a step, and may leave as empty mount points. */
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
