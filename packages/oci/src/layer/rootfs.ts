import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { caught, unreadFailure } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import {
  byBytes,
  bytesOf,
  displayPath,
  toByteString,
  toText,
  directoryEntry,
  fileEntry,
  rangeEntry,
  symlinkEntry,
  type TarEntry,
} from '@image-tooling/layer';
import { reservedInRootfs } from './reserved-names';

/** A mode (0–0o7777) and owner that a definition declares for a path of its rootfs. */
export interface DeclaredMode {
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface FilesOptions {
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Path below the folder, as text without a leading slash → its mode and owner instead of the default. */
  readonly modes?: Readonly<Record<string, DeclaredMode>>;
}

/**
 * Returns the entries of a `rootfs/` folder as git stores them: owned by root, 0755 for folders and executable files,
 * else 0644; symlinks unchanged; no `.git`; no empty folders, unless their mode is declared. Fails with `io` for each
 * path that can't be read, with `rootfs` for each device, socket or fifo, each reserved name, and each mode declared
 * for a missing path.
 */
export async function filesFromFolder(folder: string, options: FilesOptions): Promise<Result<TarEntry[]>> {
  const walked = await caught(folder, async () => walk(folder, options.mtime));
  if (!walked.ok) return walked;
  const { entries, failures } = walked.value;
  const declared = new Map(
    Object.entries(options.modes ?? {}).map(([path, mode]) => [toByteString(path), mode]),
  );
  failures.push(...undeclared(folder, entries, declared), ...reservedInRootfs(folder, entries));
  const [first, ...rest] = failures;
  if (first) return fail(first, ...rest);
  return ok(withoutEmptyFolders(entries, declared).map((entry) => withMode(entry, declared.get(entry.path))));
}

interface Walked {
  readonly entries: TarEntry[];
  readonly failures: Failure[];
}

/** Synchronous on purpose: thousands of calls that are shorter than a round trip through the thread pool. */
function walk(folder: string, mtime: number): Walked {
  const walked: Walked = { entries: [], failures: [] };
  const queue = namesIn(folder);
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    try {
      queue.push(...visit(walked, folder, path, mtime));
    } catch (error) {
      walked.failures.push(unreadFailure(error, shownPlace(folder, path)));
    }
  }
  walked.entries.sort((a, b) => byBytes(a.path, b.path));
  return walked;
}

/** Adds the entry of a path; returns the paths in it if it is a folder. Throws file system errors. */
function visit(walked: Walked, folder: string, path: string, mtime: number): string[] {
  const place = placeOf(folder, path);
  const stats = lstatSync(place);
  const inside = stats.isDirectory() ? namesIn(place) : [];
  const entry = entryOf(path, place, stats, mtime);
  if (entry) walked.entries.push(entry);
  else walked.failures.push(unfit(folder, path));
  return inside.map((name) => `${path}/${name}`);
}

/** No `.git`: a nested repository is not part of the commit, and a submodule's `.git` names a path of this machine. */
function namesIn(folder: string | Buffer): string[] {
  return readdirSync(folder, { encoding: 'latin1' }).filter((name) => name !== '.git');
}

/** Returns the place of a path on this machine; as bytes if its name is not UTF-8. */
function placeOf(folder: string, path: string): string | Buffer {
  const text = toText(path);
  return text === undefined ? Buffer.concat([Buffer.from(`${folder}/`), bytesOf(path)]) : `${folder}/${text}`;
}

function entryOf(path: string, place: string | Buffer, stats: Stats, mtime: number): TarEntry | undefined {
  if (stats.isDirectory()) return directoryEntry(path, { mtime });
  if (stats.isSymbolicLink())
    return symlinkEntry(path, readlinkSync(place, { encoding: 'buffer' }).toString('latin1'), { mtime });
  if (!stats.isFile()) return undefined;
  const options = { mtime, mode: (stats.mode & 0o100) !== 0 ? 0o755 : 0o644 };
  if (typeof place !== 'string') return fileEntry(path, readFileSync(place), options);
  return rangeEntry(path, { file: place, offset: 0, length: stats.size }, options);
}

/** git stores no empty folders: a layer with them would differ between clones. */
function withoutEmptyFolders(
  entries: readonly TarEntry[],
  declared: ReadonlyMap<string, unknown>,
): TarEntry[] {
  const isKept = (entry: TarEntry): boolean => entry.type !== 'directory' || declared.has(entry.path);
  const inUse = new Set<string>();
  for (const { path } of entries.filter(isKept)) addParents(inUse, path);
  return entries.filter((entry) => isKept(entry) || inUse.has(entry.path));
}

function addParents(known: Set<string>, path: string): void {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  if (parent === '' || known.has(parent)) return; // The parents of a known folder are known.
  known.add(parent);
  addParents(known, parent);
}

function withMode(entry: TarEntry, declared: DeclaredMode | undefined): TarEntry {
  if (!declared) return entry;
  return { ...entry, mode: declared.mode, uid: declared.uid ?? 0, gid: declared.gid ?? 0 };
}

function undeclared(
  folder: string,
  entries: readonly TarEntry[],
  declared: ReadonlyMap<string, DeclaredMode>,
): Failure[] {
  const present = new Set(entries.map(({ path }) => path));
  return [...declared.keys()]
    .filter((path) => !present.has(path))
    .map((path) => ({
      code: 'rootfs',
      message: `A mode is declared for "${displayPath(path)}", but ${folder} has no such path.`,
      hint: 'Add the file, or remove the declared mode.',
    }));
}

function shownPlace(folder: string, path: string): string {
  return join(folder, displayPath(path));
}

function unfit(folder: string, path: string): Failure {
  return {
    code: 'rootfs',
    message: `${shownPlace(folder, path)} is neither a file, a folder nor a symlink.`,
    hint: 'Remove it: git can’t store it either.',
  };
}
