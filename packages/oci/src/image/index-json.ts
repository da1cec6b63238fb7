import { archOf, type Json, type Platform } from '@image-tooling/model';
import { descriptorJson, MEDIA_TYPES, type Descriptor } from './manifest';

/** The manifest of one platform. */
export interface PlatformManifest {
  readonly descriptor: Descriptor;
  readonly platform: Platform;
}

/**
 * The index of an image for several platforms (OCI image-spec 1.1, image-index.md): a pure function of their
 * manifests and the annotations. In the order of the platforms' names, whatever order they come in.
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
