import type { SystemLayer } from '@image-tooling/engines';
import type { OriginLayer } from '@image-tooling/model';
import type { Session } from '../session';

/** All layers of an image, its help included, as an engine takes them. */
export function systemOf(
  { store }: Session,
  layers: readonly OriginLayer[],
): readonly [SystemLayer, ...SystemLayer[]] {
  const [lowest, ...above] = layers.map(({ digest, diffId, size, compression }) => ({
    path: store.blobPath(digest),
    digest,
    diffId,
    size,
    compression,
  }));
  if (!lowest) throw new Error('an image without a layer');
  return [lowest, ...above];
}
