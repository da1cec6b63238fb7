import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layer, Result } from '@image-tooling/model';
import { caught, valueOf } from '../fault';
import type { Store } from '../store/store';
import { readTar } from '../tar/read';
import { layerTar } from './convert';
import { indexPaths, type PathIndex } from './path-index';

/**
 * The path index of a layer whose blob another machine made. Blob and tar are hashed on the way. Fails with
 * `store-corrupt`, `tar-format`, `disk-full` or `io`.
 */
export async function indexLayer(layer: Layer, store: Store): Promise<Result<PathIndex>> {
  return caught(store.blobPath(layer.digest), async () => {
    const folder = valueOf(await store.tempDir('index'));
    try {
      const tar = join(folder, 'layer.tar');
      await unpackTo(tar, layer, store);
      return indexPaths(valueOf(await readTar(tar)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function unpackTo(file: string, layer: Layer, store: Store): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for await (const piece of layerTar(layer, store)) await handle.writeFile(piece);
  } finally {
    await handle.close();
  }
}
