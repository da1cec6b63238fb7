import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { readRegularFile, writeFileAtomic } from '@image-tooling/host';
import { isDigest, ok, type Digest, type Result } from '@image-tooling/model';
import { pathIndexOf, type Store } from '@image-tooling/oci';

/**
 * The output file with the path indexes of a project's own layers. What is based on the project needs them to find
 * collisions, and needs no blob for that; so a cache of Nx that restores the outputs restores enough.
 */
const FILE = 'paths.json.gz';

/** TeX Live's 200,000 paths are 2 MB in the file, and 25 MB as text. */
const MOST_BYTES = 64 * 1024 ** 2;
const MOST_TEXT_BYTES = 512 * 1024 ** 2;

interface PathsFile {
  readonly pathsVersion: 1;
  /** Diff id → rows of the path index. */
  readonly layers: Readonly<Record<string, unknown>>;
}

/**
 * Writes the path indexes that the store has of these layers, unless the file has them already. Fails with `disk-full`
 * or `io`.
 */
export async function writePathsFile(
  store: Store,
  folder: string,
  diffIds: readonly Digest[],
): Promise<Result<void>> {
  const written = Object.keys((await readPathsFile(folder))?.layers ?? {});
  if (diffIds.length > 0 && diffIds.join() === written.join()) return ok(undefined);
  const layers: Record<string, unknown> = {};
  for (const diffId of diffIds) {
    const paths = await store.getPaths(diffId);
    if (paths) layers[diffId] = [...paths];
  }
  const file: PathsFile = { pathsVersion: 1, layers };
  return writeFileAtomic(join(folder, FILE), await promisify(gzip)(JSON.stringify(file)));
}

/**
 * Stores the path indexes of an output file that the store lacks. A missing or invalid file counts as empty. Fails with
 * `disk-full` or `io`.
 */
export async function restorePaths(store: Store, folder: string): Promise<Result<void>> {
  for (const [diffId, rows] of Object.entries((await readPathsFile(folder))?.layers ?? {})) {
    const paths = pathIndexOf(rows);
    if (!isDigest(diffId) || !paths || (await store.hasPaths(diffId))) continue;
    const put = await store.putPaths(diffId, paths);
    if (!put.ok) return put;
  }
  return ok(undefined);
}

async function readPathsFile(folder: string): Promise<PathsFile | undefined> {
  const read = await readRegularFile(join(folder, FILE), MOST_BYTES);
  if (!read.ok || read.value === undefined) return undefined;
  try {
    const text = await promisify(gunzip)(read.value, { maxOutputLength: MOST_TEXT_BYTES });
    const file = JSON.parse(text.toString()) as Partial<PathsFile> | null;
    const isValid = file?.pathsVersion === 1 && typeof file.layers === 'object';
    return isValid ? (file as PathsFile) : undefined;
  } catch {
    return undefined;
  }
}
