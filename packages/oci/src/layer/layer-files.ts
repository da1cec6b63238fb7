import { valueOf } from '@image-tooling/host';
import { fail, type Layer, type Result } from '@image-tooling/model';
import {
  displayPath,
  ContentReader,
  indexPaths,
  shutsOut,
  type TarEntry,
  type PathIndex,
} from '@image-tooling/layer';
import type { Store } from '../store/store';
import { withLayerTar } from './layer-tar';

/** The paths of a layer, and the contents of some of its files. */
export interface LayerFiles {
  readonly paths: PathIndex;
  /** Path (a byte string) → content. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Size of the tar in bytes. */
  readonly tarSize: number;
}

/** Bytes: dpkg's database of a system with all Debian packages has about 80 MB. */
const LARGEST = 128 * 1024 * 1024;

/**
 * Reads the wanted files of a layer in the store. Checks the digests of blob and tar. Fails with `store-corrupt`,
 * `tar-format` (also for a wanted file that is too large), `disk-full` or `io`.
 */
export async function readLayerFiles(
  layer: Pick<Layer, 'digest' | 'diffId' | 'compression'>,
  store: Store,
  isWanted: (path: string) => boolean,
): Promise<Result<LayerFiles>> {
  return withLayerTar(layer, store, ({ entries, tarSize }) => {
    const wanted = entries.filter(({ type, path }) => type === 'file' && isWanted(path));
    const reader = new ContentReader();
    try {
      const files = new Map(wanted.map((entry) => [entry.path, contentOf(entry, reader)]));
      return { paths: indexPaths(entries), files, tarSize };
    } finally {
      reader.close();
    }
  });
}

function contentOf(entry: TarEntry, reader: ContentReader): Buffer {
  if (entry.size > LARGEST)
    valueOf(
      fail({
        code: 'tar-format',
        message: `/${displayPath(entry.path)} has ${entry.size} bytes; at most ${LARGEST} are allowed.`,
      }),
    );
  return Buffer.from(reader.head(entry, entry.size));
}

/** Returns the content of a path in layers, bottom first; undefined if it was not read. */
export function fileIn(
  chain: readonly Pick<LayerFiles, 'paths' | 'files'>[],
  path: string,
): Buffer | undefined {
  for (const { paths, files } of chain.toReversed()) {
    if (paths.has(path)) return files.get(path);
    if (shutsOut(paths, path)) return undefined;
  }
  return undefined;
}
