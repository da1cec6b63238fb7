import { parentsOf, type TarEntry } from '../tar/entry';

/** The metadata of a path in a layer, for finding collisions, copying a folder's owner, and describing differences. */
export type PathRecord =
  | { readonly kind: 'dir'; readonly mode: number; readonly uid: number; readonly gid: number }
  | {
      readonly kind: 'other';
      readonly type: Exclude<TarEntry['type'], 'directory'>;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      /** Bytes of a file's content. */
      readonly size: number;
      /** The target of a symlink or hard link, a byte string. */
      readonly link?: string;
    }
  /** A path is removed from the layers below. Its path is the whiteout's own, `<folder>/.wh.<name>`. */
  | { readonly kind: 'removed' }
  /** The content of this folder in the layers below is hidden. Its path is `<folder>/.wh..wh..opq`. */
  | { readonly kind: 'opaque' };

/** Path (a byte string) → its metadata in the layer. */
export type PathIndex = ReadonlyMap<string, PathRecord>;

export const WHITEOUT = '.wh.';
export const OPAQUE = '.wh..wh..opq';

/** Returns the path index of a layer's entries. */
export function indexPaths(entries: readonly TarEntry[]): PathIndex {
  return new Map(entries.map(recordOf));
}

function recordOf(entry: TarEntry): [string, PathRecord] {
  const { path, mode, uid, gid, type, size, linkTarget } = entry;
  if (isOpaque(path)) return [path, { kind: 'opaque' }];
  if (whiteoutTarget(path) !== undefined) return [path, { kind: 'removed' }];
  if (type === 'directory') return [path, { kind: 'dir', mode, uid, gid }];
  const link = linkTarget !== undefined && { link: linkTarget };
  return [path, { kind: 'other', type, mode, uid, gid, size, ...link }];
}

/** Returns the path that a whiteout removes; undefined for any other path, also the opaque marker. */
export function whiteoutTarget(path: string): string | undefined {
  const [folder, name] = split(path);
  if (!name.startsWith(WHITEOUT) || name.startsWith('.wh..wh.')) return undefined;
  return `${folder}${name.slice(WHITEOUT.length)}`;
}

export function isOpaque(path: string): boolean {
  return split(path)[1] === OPAQUE;
}

/**
 * Returns the metadata of a path in a chain of layers (bottom first); undefined if it is absent, removed, hidden by an
 * opaque folder, or below something that is not a folder.
 */
export function lookUp(chain: readonly PathIndex[], path: string): PathRecord | undefined {
  for (let i = chain.length - 1; i >= 0; i--) {
    const layer = chain[i]!;
    const record = layer.get(path);
    if (record) return record;
    if (shutsOut(layer, path)) return undefined;
  }
  return undefined;
}

/** Returns whether a layer hides a path of the layers below: by a whiteout, an opaque folder, another file. */
export function shutsOut(layer: PathIndex, path: string): boolean {
  return layer.has(whiteoutOf(path)) || parentsOf(path).some((parent) => hidesInside(layer, parent));
}

function hidesInside(layer: PathIndex, folder: string): boolean {
  const isOther = layer.get(folder)?.kind === 'other';
  return isOther || layer.has(`${folder}/${OPAQUE}`) || layer.has(whiteoutOf(folder));
}

function whiteoutOf(path: string): string {
  const [folder, name] = split(path);
  return `${folder}${WHITEOUT}${name}`;
}

function split(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, slash + 1), path.slice(slash + 1)];
}
