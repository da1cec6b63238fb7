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

/** What a layer holds, and the contents of some of its files. */
export interface LayerFiles {
  readonly paths: PathIndex;
  /** Path (a byte string) → content. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Bytes of the tar. */
  readonly tarSize: number;
}

/** Bytes: dpkg's record of a system with all of Debian in it has some 80 MB. */
const LARGEST = 128 * 1024 * 1024;

/**
 * Reads the files of a layer in the store whose paths are wanted. Blob and tar are hashed on the way. Fails with
 * `store-corrupt`, `tar-format` (also for a wanted file that is larger than what it should be can be), `disk-full`
 * or `io`.
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
        message: `/${displayPath(entry.path)} has ${entry.size} bytes; at most ${LARGEST} are read.`,
      }),
    );
  return Buffer.from(reader.head(entry, entry.size));
}

/** The content that layers, bottom first, show at a path; undefined where there is none that was read. */
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
