import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDigest, type Digest } from '@image-tooling/model';
import { LAYER_FACTS, type LayerFact, type StoreLayout } from './layout';

/** What a file of the store is named after: its content, a build id (`build`, `inputs`), or a diff id (all others). */
export type StoreFileKind = 'blob' | 'build' | 'paths' | 'inputs' | LayerFact;

/** A blob or record of the store. */
export interface StoreFile {
  readonly kind: StoreFileKind;
  readonly digest: Digest;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When it was created or last used, in milliseconds since the epoch. */
  readonly usedMs: number;
}

/** Returns all blobs and records of a store, sorted by name. Skips files that are removed during the listing. */
export async function storeFiles(layout: StoreLayout): Promise<StoreFile[]> {
  const listed = await Promise.all([
    filesIn(layout.blobs, 'blob', ''),
    filesIn(layout.builds, 'build', '.json'),
    filesIn(layout.paths, 'paths', '.json'),
    filesIn(layout.inputs, 'inputs', '.json'),
    ...LAYER_FACTS.map((fact) => filesIn(layout.facts[fact], fact, '.json.gz')),
  ]);
  return listed.flat();
}

/** Temporary files of killed writers next to the records: their names end like this (see `writeFileAtomic`). */
export async function unfinishedRecords({ builds, paths, inputs, facts }: StoreLayout): Promise<string[]> {
  const folders = [builds, paths, inputs, ...Object.values(facts)];
  const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
  return folders.flatMap((folder, at) =>
    (names[at] ?? []).filter((name) => name.endsWith('.tmp')).map((name) => join(folder, name)),
  );
}

async function filesIn(folder: string, kind: StoreFileKind, end: string): Promise<StoreFile[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const files = await Promise.all(
    names.sort().map(async (name): Promise<StoreFile[]> => {
      const digest = `sha256:${name.slice(0, name.length - end.length)}`;
      if (!name.endsWith(end) || !isDigest(digest)) return [];
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      return found?.isFile() ? [{ kind, digest, path, size: found.size, usedMs: found.mtimeMs }] : [];
    }),
  );
  return files.flat();
}
