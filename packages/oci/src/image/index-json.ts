import { archOf, type Json, type Platform } from '@image-tooling/model';
import { descriptorJson, MEDIA_TYPES, type Descriptor } from './manifest';

/** The manifest of one platform. */
export interface PlatformManifest {
  readonly descriptor: Descriptor;
  readonly platform: Platform;
}

/**
 * Builds the index of an image for several platforms (OCI image-spec 1.1, image-index.md) from their manifests and the
 * annotations, sorted by the platforms' names.
 */
export function imageIndexJson(
  manifests: readonly PlatformManifest[],
  annotations: Readonly<Record<string, string>> = {},
): Json {
  const inOrder = [...manifests].sort((a, b) => (a.platform < b.platform ? -1 : 1));
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: inOrder.map(({ descriptor, platform }) => ({
      ...descriptorJson(descriptor),
      platform: { architecture: archOf(platform), os: 'linux' },
    })),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}
