import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, valueOf } from '@image-tooling/host';
import type { Layer, Result } from '@image-tooling/model';
import type { Store } from '../store/store';
import { readTar, type TarEntry } from '@image-tooling/layer';
import { layerTar } from './convert';

/** A layer's tar on this machine; its contents exist only while `work` runs. */
export interface UnpackedLayer {
  readonly entries: readonly TarEntry[];
  /** Size of the tar in bytes. */
  readonly tarSize: number;
}

/**
 * Runs `work` on the uncompressed tar of a layer in the store. Checks the digests of blob and tar. Fails with
 * `store-corrupt`, `tar-format`, `disk-full` or `io`.
 */
export async function withLayerTar<T>(
  layer: Pick<Layer, 'digest' | 'diffId' | 'compression'>,
  store: Store,
  work: (unpacked: UnpackedLayer) => Promise<T> | T,
): Promise<Result<T>> {
  return caught(store.blobPath(layer.digest), async () => {
    const folder = valueOf(await store.tempDir('layer'));
    try {
      const tar = join(folder, 'layer.tar');
      const tarSize = await unpackTo(tar, layer, store);
      return await work({ entries: valueOf(await readTar(tar)), tarSize });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function unpackTo(
  file: string,
  layer: Pick<Layer, 'digest' | 'diffId' | 'compression'>,
  store: Store,
): Promise<number> {
  const handle = await open(file, 'w');
  let size = 0;
  try {
    for await (const piece of layerTar(layer, store)) {
      await handle.writeFile(piece);
      size += piece.length;
    }
    return size;
  } finally {
    await handle.close();
  }
}
