import { directoryEntry, parentsOf, type TarEntry } from '../tar/entry';
import { lookUp, type PathIndex } from './path-index';

/**
 * Returns the folders above `entries` that are not among them. A folder that the chain has comes with the chain's mode
 * and owner; one that it lacks is made up: 0755, root. They are written even where the chain has them, since
 * Docker's overlay2 unpacks each layer alone and makes a parent that it misses with mode 0600
 * (moby, pkg/archive, UnpackLayer). A tool's layer, shared by many images, is given no chain.
 */
export function missingParents(
  entries: readonly TarEntry[],
  chain: readonly PathIndex[],
  mtime = 0,
): TarEntry[] {
  const present = new Set(entries.map(({ path }) => path));
  const missing = new Map<string, TarEntry>();
  for (const { path } of entries)
    for (const parent of parentsOf(path))
      if (!present.has(parent) && !missing.has(parent))
        missing.set(parent, parentEntry(parent, chain, mtime));
  return [...missing.values()];
}

function parentEntry(path: string, chain: readonly PathIndex[], mtime: number): TarEntry {
  const below = lookUp(chain, path);
  if (below?.kind !== 'dir') return directoryEntry(path, { mtime });
  return directoryEntry(path, { mode: below.mode, uid: below.uid, gid: below.gid, mtime });
}
