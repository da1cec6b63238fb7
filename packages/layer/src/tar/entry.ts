export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo';

/** A part of a file on this machine, in bytes. */
export interface ContentRange {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * The content of a file: bytes in memory, a part of a file on this machine, the same with other first bytes, or a stream
 * that is opened on demand.
 */
export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | ({ readonly kind: 'range' } & ContentRange)
  | ({ readonly kind: 'patched'; readonly head: Uint8Array } & ContentRange)
  | { readonly kind: 'stream'; readonly open: () => AsyncIterable<Uint8Array> };

/** One member of a tar. Paths and link targets are byte strings (see bytes.ts). */
export interface TarEntry {
  /** No leading `./` or `/`, no trailing `/`; the empty string is the root folder. */
  readonly path: string;
  readonly type: EntryType;
  /** Permission bits with setuid, setgid and sticky: 0–0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Size of the content in bytes; 0 for everything but files. */
  readonly size: number;
  /** The target of a symlink, as written; of a hard link, the other entry's path. */
  readonly linkTarget?: string;
  readonly device?: { readonly major: number; readonly minor: number };
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
  readonly content: Content;
}

export const NO_CONTENT: Content = { kind: 'bytes', bytes: new Uint8Array(0) };

/** Options of the functions that create entries. Default: owned by root, at the epoch. */
export interface EntryOptions {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since the epoch. */
  readonly mtime?: number;
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
}

/** Returns a file of the given bytes or UTF-8 text. Default: mode 0644, owned by root. */
export function fileEntry(path: string, content: Uint8Array | string, options: EntryOptions = {}): TarEntry {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return withContent(path, bytes.length, { kind: 'bytes', bytes }, options);
}

/** Returns a file whose content is `length` bytes of a file on this machine, from `offset`. */
export function rangeEntry(path: string, range: ContentRange, options: EntryOptions = {}): TarEntry {
  const { file, offset, length } = range;
  return withContent(path, length, { kind: 'range', file, offset, length }, options);
}

/** Returns a folder. Default: mode 0755, owned by root. */
export function directoryEntry(path: string, options: EntryOptions = {}): TarEntry {
  return withoutContent({ path, type: 'directory' }, options);
}

/** Returns a symlink. `target` is written as given. */
export function symlinkEntry(path: string, target: string, options: EntryOptions = {}): TarEntry {
  return withoutContent({ path, type: 'symlink', linkTarget: target }, options);
}

/** Returns a second name for the file at `target`, a path within the same tar. */
export function hardlinkEntry(path: string, target: string, options: EntryOptions = {}): TarEntry {
  return withoutContent({ path, type: 'hardlink', linkTarget: target }, options);
}

function withContent(path: string, size: number, content: Content, options: EntryOptions): TarEntry {
  const { mode = 0o644, uid = 0, gid = 0, mtime = 0, xattrs } = options;
  const entry = { path, type: 'file', mode, uid, gid, mtime, size, content } as const;
  return xattrs && xattrs.size > 0 ? { ...entry, xattrs } : entry;
}

const DEFAULT_MODES = { directory: 0o755, symlink: 0o777, hardlink: 0o644 };

interface EntryWithoutContent {
  readonly path: string;
  readonly type: keyof typeof DEFAULT_MODES;
  readonly linkTarget?: string;
}

function withoutContent(named: EntryWithoutContent, options: EntryOptions): TarEntry {
  const { mode = DEFAULT_MODES[named.type], ...rest } = options;
  return { ...withContent(named.path, 0, NO_CONTENT, { ...rest, mode }), ...named };
}

/** Returns the folders above a path, nearest first, without the root. */
export function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    parents.push(path.slice(0, end));
  return parents;
}
