import {
  directoryEntry,
  fileEntry,
  isOpaque,
  OPAQUE,
  REMOVED,
  WHITEOUT,
  whiteoutTarget,
  type Rewritten,
  type TarEntry,
} from '@image-tooling/layer';

/** The conversion of each entry of a tar for an engine, or from it. */
export type Rewrite = (entry: TarEntry) => Rewritten;

/** fuse-overlayfs creates both in every new folder, next to the attribute. */
const FUSE_OPAQUE = [OPAQUE, '.wh..opq'];

/**
 * Converts a layer to a tar that unpacks to a lower folder of an overlay: a whiteout becomes a 0/0 character
 * device, an opaque folder gets `opaqueXattr` (Linux, Documentation/filesystems/overlayfs.rst). Other device
 * nodes are left out: /dev is the engine's own.
 */
export function layerToOverlay(opaqueXattr: string): Rewrite {
  const folders = new Map<string, TarEntry>();
  return (entry) => {
    const [folder] = split(entry.path);
    if (isOpaque(entry.path))
      return headers(opaqueFolder(folders.get(folder) ?? directoryEntry(folder), opaqueXattr));
    const removed = whiteoutTarget(entry.path);
    if (removed !== undefined) return headers(whiteoutDevice(removed));
    if (isReserved(entry.path) || isDevice(entry)) return REMOVED;
    if (entry.type === 'directory') folders.set(entry.path, entry);
    return 'unchanged';
  };
}

/**
 * Converts a layer to a tar without device nodes and whiteouts. Adds the paths that whiteouts hide in the
 * layers below to `hidden`, as byte strings. An opaque folder, which the layer itself contains, is hidden as
 * a whole.
 */
export function layerToAdd(hidden: string[]): Rewrite {
  return (entry) => {
    const removed = isOpaque(entry.path) ? split(entry.path)[0] : whiteoutTarget(entry.path);
    if (removed !== undefined) hidden.push(removed);
    return isReserved(entry.path) || isDevice(entry) ? REMOVED : 'unchanged';
  };
}

/** Leaves out the engine's own paths, and all extended attributes except capabilities. */
export function withoutPaths(isDropped: (path: string) => boolean): Rewrite {
  return (entry) => (isDropped(entry.path) ? REMOVED : withoutInternals(entry));
}

export interface FoldersBelow {
  /** Folders without changes in themselves and in their content: left out. */
  readonly untouched: ReadonlySet<string>;
  /** Folders that the layers below have too: only these can hide anything. */
  readonly known: ReadonlySet<string>;
}

/** Undoes `layerToOverlay`: converts the tar of an overlay's upper folder to an OCI layer. */
export function overlayToLayer({ untouched, known }: FoldersBelow): Rewrite {
  return (entry) => {
    const [folder, name] = split(entry.path);
    if (FUSE_OPAQUE.includes(name)) return REMOVED;
    if (isWhiteoutDevice(entry)) return headers(marker(join(folder, `${WHITEOUT}${name}`)));
    if (entry.type !== 'directory') return withoutInternals(entry);
    if (isOpaqueFolder(entry) && known.has(entry.path))
      return headers(cleaned(entry), marker(join(entry.path, OPAQUE)));
    return untouched.has(entry.path) ? REMOVED : withoutInternals(entry);
  };
}

/** Returns whether an entry of an upper folder marks a removed path. */
function isWhiteoutDevice({ type, device }: TarEntry): boolean {
  return type === 'char' && device?.major === 0 && device.minor === 0;
}

/**
 * Returns whether a folder of an upper folder hides the content in the layers below (fuse-overlayfs has its
 * own attribute).
 */
function isOpaqueFolder({ xattrs }: TarEntry): boolean {
  const names = ['trusted.overlay.opaque', 'user.overlay.opaque', 'user.fuseoverlayfs.opaque'];
  return names.some((name) => {
    const value = xattrs?.get(name);
    return value !== undefined && Buffer.from(value).toString('latin1') === 'y';
  });
}

/**
 * Of the extended attributes only capabilities are part of a layer: the others are the engine's or the
 * host's.
 */
const CAPABILITY = 'security.capability';

function withoutInternals(entry: TarEntry): Rewritten {
  const isClean = [...(entry.xattrs?.keys() ?? [])].every((name) => name === CAPABILITY);
  return isClean ? 'unchanged' : { entries: [cleaned(entry)], withContent: true };
}

function cleaned(entry: TarEntry): TarEntry {
  const kept = [...(entry.xattrs ?? [])].filter(([name]) => name === CAPABILITY);
  return { ...entry, xattrs: new Map(kept) };
}

function opaqueFolder(entry: TarEntry, xattr: string): TarEntry {
  return { ...entry, xattrs: new Map([...(entry.xattrs ?? []), [xattr, Buffer.from('y')]]) };
}

/** Returns a whiteout of a layer: an empty file, of which only the name matters. */
function marker(path: string): TarEntry {
  return fileEntry(path, '', { mode: 0 });
}

/** Returns a whiteout of an overlay. */
function whiteoutDevice(path: string): TarEntry {
  return { ...marker(path), type: 'char', device: { major: 0, minor: 0 } };
}

function headers(...entries: readonly TarEntry[]): Rewritten {
  return { entries, withContent: false };
}

/**
 * Returns whether layers reserve a name: a whiteout, an opaque marker, a leftover of AUFS (`.wh..wh.plnk`).
 */
function isReserved(path: string): boolean {
  return split(path)[1].startsWith(WHITEOUT);
}

function isDevice({ type }: TarEntry): boolean {
  return type === 'char' || type === 'block';
}

function split(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
