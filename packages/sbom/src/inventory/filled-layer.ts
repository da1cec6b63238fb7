import type { OriginLayer } from '@image-tooling/model';
import type { LayerContents } from '../contents';

/** A layer and what is in it. */
export interface FilledLayer {
  readonly layer: OriginLayer;
  readonly contents: LayerContents;
}
