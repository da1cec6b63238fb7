import { caught, valueOf } from '@image-tooling/host';
import { canonicalJson, type Digest, type Layer, type Result } from '@image-tooling/model';
import type { Store } from '../store/store';
import { imageConfigJson, type ConfigInput } from './config';
import { manifestJson, MEDIA_TYPES } from './manifest';

export interface AssembleInput extends ConfigInput {
  readonly store: Store;
}

/** A finished image of one platform; its blobs are in the store. */
export interface AssembledImage {
  readonly manifestDigest: Digest;
  /** Bytes. */
  readonly manifestSize: number;
  readonly configDigest: Digest;
  /** Bytes. */
  readonly configSize: number;
  readonly layers: readonly Layer[];
}

/**
 * Assembles an image from existing layers: writes its configuration and manifest (OCI image-spec 1.1) to the store, as
 * canonical JSON. Does not read the layers' blobs. Fails with `disk-full` or `io`.
 */
export async function assembleImage(input: AssembleInput): Promise<Result<AssembledImage>> {
  return caught(input.store.root, async () => {
    const put = async (json: string) => valueOf(await input.store.putBlobFromBytes(Buffer.from(json)));
    const config = await put(canonicalJson(imageConfigJson(input)));
    const descriptor = { mediaType: MEDIA_TYPES.config, ...config };
    const manifest = await put(canonicalJson(manifestJson(descriptor, input.layers)));
    return {
      manifestDigest: manifest.digest,
      manifestSize: manifest.size,
      configDigest: config.digest,
      configSize: config.size,
      layers: input.layers,
    };
  });
}
