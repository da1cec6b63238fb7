import type { SystemLayer } from '@image-tooling/engines';
import type { Digest, Image, LayersFile, Platform } from '@image-tooling/model';

/** An image to try: what it should be by its definition, and the bytes that it is. */
export interface Subject {
  readonly image: Image;
  readonly platform: Platform;
  readonly manifest: Digest;
  readonly inheritance: Pick<LayersFile, 'config' | 'contents' | 'layers'>;
  /** All its layers, its help included. */
  readonly system: readonly [SystemLayer, ...SystemLayer[]];
}
