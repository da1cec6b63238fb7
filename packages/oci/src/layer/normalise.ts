import { caught, valueOf } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import {
  ContentReader,
  fileEntry,
  parentsOf,
  dissolveLinks,
  joinLinks,
  missingParents,
  indexPaths,
  isOpaque,
  lookUp,
  whiteoutTarget,
  type TarEntry,
  type Inode,
  type PathIndex,
} from '@image-tooling/layer';
import { danglingCaLinks } from './ca-links';
import { isDropped, MOUNT_POINTS } from './dropped';
import { rewritten } from './rewrite';

export interface NormaliseOptions {
  /** The modification time of all entries, and the day of password changes: seconds since the epoch. */
  readonly mtime: number;
  /** The system layers below, bottom first. Empty if the entries are the whole system. */
  readonly chain?: readonly PathIndex[];
  /** Folders that the engine mounted for the step; default `step` and `debs`. */
  readonly mountPoints?: readonly string[];
}

/**
 * Converts the changes of a step to the entries of a system layer: equal on every engine, clock and host. Drops logs,
 * caches, locks, backups and leftovers of engines, unchanged folders without kept content, and whiteouts of paths that
 * the chain does not have. Parents are complete, with the chain's mode and owner. Fails with `tar-format` on a
 * dangling hard link, with `io` if a content can't be read.
 */
export async function normaliseSystem(
  entries: readonly TarEntry[],
  { mtime, chain = [], mountPoints = MOUNT_POINTS }: NormaliseOptions,
): Promise<Result<TarEntry[]>> {
  return caught('normalising a layer', async () => {
    const inodes = valueOf(dissolveLinks(entries));
    const wanted = [...inodes.values()].filter((inode) => isWanted(inode.entry, chain, mountPoints));
    const kept = withoutTouchedFolders(withoutCaLinks(wanted, chain), chain);
    const reader = new ContentReader();
    try {
      const clean = kept.map((inode) => ({ ...inode, entry: cleaned(inode.entry, mtime, reader) }));
      const parents = missingParents(
        clean.map(({ entry }) => entry),
        chain,
        mtime,
      );
      return joinLinks([...clean, ...parents.map((entry) => ({ entry }))]);
    } finally {
      reader.close();
    }
  });
}

function isWanted(entry: TarEntry, chain: readonly PathIndex[], mountPoints: readonly string[]): boolean {
  const removed = whiteoutTarget(entry.path);
  if (removed !== undefined)
    return lookUp(chain, removed) !== undefined && !isDropped(removed, false, mountPoints);
  return !isDropped(entry.path, entry.type === 'directory', mountPoints);
}

function withoutCaLinks(inodes: readonly Inode[], chain: readonly PathIndex[]): Inode[] {
  const entries = new Map(inodes.map(({ entry }) => [entry.path, entry]));
  const dangling = danglingCaLinks(entries, indexPaths([...entries.values()]), chain);
  return inodes.filter(({ entry }) => !dangling.has(entry.path));
}

/** Engines differ in which folders they list when nothing in them changed. */
function withoutTouchedFolders(inodes: readonly Inode[], chain: readonly PathIndex[]): Inode[] {
  const isChange = ({ entry }: Inode): boolean => !isSameFolder(entry, chain);
  const inUse = new Set(inodes.filter(isChange).flatMap(({ entry }) => parentsOf(entry.path)));
  return inodes.filter((inode) => isChange(inode) || inUse.has(inode.entry.path));
}

/** The root folder below every chain, as runtimes create it: 0755, root. */
function isSameFolder(entry: TarEntry, chain: readonly PathIndex[]): boolean {
  if (entry.type !== 'directory') return false;
  const below = entry.path === '' ? ROOT : lookUp(chain, entry.path);
  return (
    below?.kind === 'dir' &&
    below.mode === entry.mode &&
    below.uid === entry.uid &&
    below.gid === entry.gid &&
    xattrsKept(entry).size === 0
  );
}

const ROOT = { kind: 'dir', mode: 0o755, uid: 0, gid: 0 } as const;

function cleaned(entry: TarEntry, mtime: number, reader: ContentReader): TarEntry {
  if (isMarker(entry.path)) return fileEntry(entry.path, '', { mode: 0, mtime });
  const { xattrs: _, ...rest } = rewritten(entry, mtime, reader);
  const xattrs = xattrsKept(entry);
  const mode = entry.type === 'symlink' ? 0o777 : entry.mode; // Not used on Linux: engines differ.
  return { ...rest, mode, mtime, ...(xattrs.size > 0 ? { xattrs } : {}) };
}

/** The mode and owner of a whiteout are not used: engines differ. */
function isMarker(path: string): boolean {
  return isOpaque(path) || whiteoutTarget(path) !== undefined;
}

/** Capabilities come from packages; other attributes (overlay marks, SELinux labels) come from the host. */
function xattrsKept(entry: TarEntry): ReadonlyMap<string, Uint8Array> {
  return new Map([...(entry.xattrs ?? [])].filter(([name]) => name === 'security.capability'));
}
