import { ok, type Digest, type Result } from '@image-tooling/model';
import { pathIndexOf, type Store } from '@image-tooling/oci';
import { restoreRecords, writeRecordFile, type LayerRecords } from './record-file';

/** What is based on a project needs the path indexes of its layers to find collisions. */
const PATHS: LayerRecords = {
  file: 'paths.json.gz',
  format: ['pathsVersion', 1],
  has: (store, diffId) => store.hasPaths(diffId),
  async text(store, diffId) {
    const paths = await store.getPaths(diffId);
    return paths && JSON.stringify([...paths]);
  },
  async put(store, diffId, rows) {
    const paths = pathIndexOf(rows);
    return paths ? store.putPaths(diffId, paths) : ok(undefined);
  },
};

/** Writes the path indexes of layers as `writeRecordFile` does. */
export function writePathsFile(
  store: Store,
  folder: string,
  diffIds: readonly Digest[],
): Promise<Result<void>> {
  return writeRecordFile(PATHS, store, folder, diffIds);
}

/** Restores the path indexes of an output file as `restoreRecords` does. */
export function restorePaths(store: Store, folder: string): Promise<Result<void>> {
  return restoreRecords(PATHS, store, folder);
}
