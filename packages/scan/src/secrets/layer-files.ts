import type { TarEntry } from '@image-tooling/layer';

/** An entry of a layer's tar, whose content is read when it is its turn. */
export interface LayerFile {
  readonly entry: Pick<TarEntry, 'path' | 'type' | 'size'>;
  /** Yields its content, before the next entry is requested. */
  readonly pieces: () => AsyncIterable<Uint8Array>;
}

/** Opens a layer's tar from its start. Equal each time. */
export type OpenLayer = () => AsyncIterable<LayerFile>;
