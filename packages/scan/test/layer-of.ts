import { ContentReader, type TarEntry } from '@image-tooling/layer';
import type { OpenLayer } from '../src/index';

/** Returns a layer of these entries. */
export function layerOf(entries: readonly TarEntry[]): OpenLayer {
  return async function* () {
    const reader = new ContentReader();
    for (const entry of entries) yield { entry, pieces: () => reader.pieces(entry) };
    reader.close();
  };
}
