import { writeHeader } from './blocks';
import { writeRecords, type Records } from './records';
import type { Rewritten, TarEntry } from './rewrite';

/** OCI image-layer specification, "Whiteouts". */
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** fuse-overlayfs makes both in every new folder, beside the attribute. */
const FUSE_OPAQUE = [OPAQUE, '.wh..opq'];
const XATTR = 'SCHILY.xattr.';

const DROPPED: Rewritten = { blocks: [], withData: false };

/**
 * Turns a layer into what tar unpacks as a lower folder of an overlay: a whiteout becomes a 0/0 character
 * device, an opaque folder gets `opaqueXattr` (Linux, Documentation/filesystems/overlayfs.rst). Other device
 * nodes are left out: /dev is the engine's own.
 */
export function layerToOverlay(opaqueXattr: string): (entry: TarEntry) => Rewritten {
  const folders = new Map<string, TarEntry>();
  return (entry) => {
    const [folder, name] = split(entry.path);
    if (name === OPAQUE) return opaqueFolder(folder, folders.get(folder), opaqueXattr);
    if (name.startsWith(`${WHITEOUT}${WHITEOUT}`)) return DROPPED;
    if (name.startsWith(WHITEOUT)) return { blocks: [device(join(folder, name.slice(4)))], withData: false };
    if (isDevice(entry)) return DROPPED;
    if (entry.header.type === '5') folders.set(entry.path, entry);
    return unchanged(entry);
  };
}

/**
 * Turns a layer into a tar that holds nothing but what is to be unpacked: device nodes are left out, and whiteouts.
 * What those hide of the layers below goes into `hidden`: byte strings; an opaque folder, which the layer itself
 * brings again, as a whole.
 */
export function layerToAdd(hidden: string[]): (entry: TarEntry) => Rewritten {
  return (entry) => {
    const [folder, name] = split(entry.path);
    if (name === OPAQUE) hidden.push(folder);
    else if (name.startsWith(WHITEOUT) && !name.startsWith(`${WHITEOUT}${WHITEOUT}`))
      hidden.push(join(folder, name.slice(4)));
    return name.startsWith(WHITEOUT) || isDevice(entry) ? DROPPED : unchanged(entry);
  };
}

/** What an engine says was changed, less what is its own, and its extended attributes. */
export function withoutPaths(isDropped: (path: string) => boolean): (entry: TarEntry) => Rewritten {
  return (entry) => (isDropped(entry.path) ? DROPPED : withoutInternals(entry));
}

export interface FoldersBelow {
  /** Folders that are no change, and hold none: left out. */
  readonly untouched: ReadonlySet<string>;
  /** Folders that stand for one in the layers below: no other can hide anything. */
  readonly known: ReadonlySet<string>;
}

/** Undoes `layerToOverlay`: an overlay's upper folder, as tar packs it, becomes an OCI layer. */
export function overlayToLayer({ untouched, known }: FoldersBelow): (entry: TarEntry) => Rewritten {
  return (entry) => {
    const [folder, name] = split(entry.path);
    if (FUSE_OPAQUE.includes(name)) return DROPPED;
    if (isWhiteout(entry)) return emptyFile(join(folder, `${WHITEOUT}${name}`));
    if (entry.header.type !== '5') return withoutInternals(entry);
    if (!isOpaque(entry) || !known.has(entry.path))
      return untouched.has(entry.path) ? DROPPED : withoutInternals(entry);
    const marker = emptyFile(join(entry.path, OPAQUE));
    return { blocks: [...withoutInternals(entry).blocks, ...marker.blocks], withData: false };
  };
}

/** Whether an entry of an upper folder says that something below was removed. */
export function isWhiteout({ header }: TarEntry): boolean {
  return header.type === '3' && header.deviceMajor === 0 && header.deviceMinor === 0;
}

/** Whether a folder of an upper folder hides what the layers below have in it (fuse-overlayfs has its own name). */
export function isOpaque({ records }: TarEntry): boolean {
  const names = ['trusted.overlay.opaque', 'user.overlay.opaque', 'user.fuseoverlayfs.opaque'];
  return names.some((name) => records.get(`${XATTR}${name}`) === 'y');
}

function unchanged(entry: TarEntry): Rewritten {
  return { blocks: [entry.raw], withData: true };
}

/** Of the extended attributes only capabilities are part of a layer: the others are the engine's or the host's. */
function withoutInternals(entry: TarEntry): Rewritten {
  const isKept = (key: string): boolean => !key.startsWith(XATTR) || key === `${XATTR}security.capability`;
  if ([...entry.records.keys()].every(isKept)) return unchanged(entry);
  const kept = new Map([...entry.records].filter(([key]) => isKept(key)));
  return { blocks: [writeRecords(kept), entry.block], withData: true };
}

function opaqueFolder(path: string, known: TarEntry | undefined, xattr: string): Rewritten {
  const records = new Map([...(known?.records ?? named(path)), [`${XATTR}${xattr}`, 'y']]);
  const block = known?.block ?? writeHeader({ name: `${path}/`, type: '5', mode: 0o755 });
  return { blocks: [writeRecords(records), block], withData: false };
}

function emptyFile(path: string): Rewritten {
  return {
    blocks: [writeRecords(named(path)), writeHeader({ name: path, type: '0', mode: 0 })],
    withData: false,
  };
}

function device(path: string): Buffer {
  return Buffer.concat([writeRecords(named(path)), writeHeader({ name: path, type: '3', mode: 0 })]);
}

function isDevice(entry: TarEntry): boolean {
  return entry.header.type === '3' || entry.header.type === '4';
}

function named(path: string): Records {
  return path.length > 100 ? new Map([['path', path]]) : new Map();
}

function split(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
