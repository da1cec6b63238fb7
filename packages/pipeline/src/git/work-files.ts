import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '@image-tooling/host';
import { bytesOf, toByteString } from '@image-tooling/layer';
import { blobIdOf, blobIdOfFile, type ObjectFormat } from './blob-id';
import { LONGEST_POINTER, pointerOid } from './lfs';

/** A file of the work tree, as git would commit it without any filter. */
export interface WorkFile {
  /** As `IndexFile` has it. */
  readonly mode: string;
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** A Git LFS pointer in place of the file itself. */
  readonly isLfsPointer: boolean;
}

export interface WorkPlace {
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly format: ObjectFormat;
}

/** Returns files at and below paths relative to the workspace, by path as byte strings; without `.git`. */
export async function workFiles(place: WorkPlace, paths: readonly string[]): Promise<Map<string, WorkFile>> {
  const found = new Map<string, WorkFile>();
  const queue = [...new Set(paths.map((path) => toByteString(path.replace(/\/$/, ''))))];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const names = await look(place, path, found);
    queue.push(...names.filter((name) => name !== '.git').map((name) => `${path}/${name}`));
  }
  return found;
}

/** Records a file; returns the names in a folder. */
async function look(place: WorkPlace, path: string, found: Map<string, WorkFile>): Promise<string[]> {
  const at = placeOf(place.root, path);
  const stats = await lstat(at).catch(missing);
  if (stats?.isDirectory()) return readdir(at, { encoding: 'latin1' });
  const file = stats && (await fileAt(at, stats, place.format));
  if (file) found.set(path, file);
  return [];
}

/** Undefined for what git keeps nothing of: devices, sockets, pipes. */
async function fileAt(at: Buffer, stats: Stats, format: ObjectFormat): Promise<WorkFile | undefined> {
  const facts = { size: stats.size, isLfsPointer: false };
  if (stats.isSymbolicLink())
    return { ...facts, mode: '120000', id: blobIdOf(await readlink(at, { encoding: 'buffer' }), format) };
  if (!stats.isFile()) return undefined;
  const mode = (stats.mode & 0o100) === 0 ? '100644' : '100755';
  if (stats.size > LONGEST_POINTER) return { ...facts, mode, id: await blobIdOfFile(at, stats.size, format) };
  const content = await readFile(at);
  const isLfsPointer = pointerOid(content.toString('latin1')) !== undefined;
  return { ...facts, mode, id: blobIdOf(content, format), isLfsPointer };
}

/** Returns the absolute path. */
export function placeOf(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(join(root, '/')), bytesOf(path)]);
}

function missing(error: unknown): undefined {
  if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
  throw error;
}
