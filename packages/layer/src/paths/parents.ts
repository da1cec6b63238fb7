import { directoryEntry, parentsOf, type TarEntry } from '../tar/entry';
import { lookUp, type PathIndex } from './path-index';

/**
 * Returns the folders above `entries` that are not among them. A folder of the chain keeps the chain's mode and owner;
 * others get 0755, root. They are written even if the chain has them, because Docker's overlay2 unpacks each layer
 * alone and creates missing parents with mode 0600 (moby, pkg/archive, UnpackLayer). For a tool's layer, which many
 * images share, the chain is empty.
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
