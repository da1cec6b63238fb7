import { caught, valueOf } from '@image-tooling/host';
import { canonicalJson, digestOf, type Digest, type Layer, type Result } from '@image-tooling/model';
import type { Store } from '../store/store';
import { imageConfigJson, type ConfigInput } from './config';
import { manifestJson, MEDIA_TYPES } from './manifest';

export interface AssembleInput extends ConfigInput {
  readonly store: Store;
}

/** A finished image of one platform. */
export interface AssembledImage {
  readonly manifestDigest: Digest;
  /** Bytes. */
  readonly manifestSize: number;
  readonly configDigest: Digest;
  /** Bytes. */
  readonly configSize: number;
  readonly layers: readonly Layer[];
}

/** The bytes of an image's configuration and manifest: canonical JSON. */
export interface ImageBytes {
  readonly config: Uint8Array;
  readonly manifest: Uint8Array;
}

/**
 * Assembles an image from existing layers: writes its configuration and manifest (OCI image-spec 1.1) to the store, as
 * canonical JSON. Does not read the layers' blobs. Fails with `disk-full` or `io`.
 */
export async function assembleImage(input: AssembleInput): Promise<Result<AssembledImage>> {
  return caught(input.store.root, async () => {
    const { config, manifest, image } = contentOf(input);
    for (const json of [config, manifest]) valueOf(await input.store.putBlobFromBytes(json));
    return image;
  });
}

/**
 * Returns the image that `assembleImage` would write. Writes nothing: an image whose layers are not all in the store
 * must not be there either.
 */
export function describeImage(input: ConfigInput): AssembledImage {
  return contentOf(input).image;
}

/** Returns the configuration and manifest that `assembleImage` would write. */
export function imageBytes(input: ConfigInput): ImageBytes {
  const { config, manifest } = contentOf(input);
  return { config, manifest };
}

function contentOf(input: ConfigInput) {
  const config = Buffer.from(canonicalJson(imageConfigJson(input)));
  const descriptor = { mediaType: MEDIA_TYPES.config, digest: digestOf(config), size: config.length };
  const manifest = Buffer.from(canonicalJson(manifestJson(descriptor, input.layers)));
  const image: AssembledImage = {
    manifestDigest: digestOf(manifest),
    manifestSize: manifest.length,
    configDigest: descriptor.digest,
    configSize: descriptor.size,
    layers: input.layers,
  };
  return { config, manifest, image };
}
