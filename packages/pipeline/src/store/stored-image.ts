import { imageConfigSchema, isDigest, type Digest, type ImageConfigJson } from '@image-tooling/model';
import { MEDIA_TYPES, readOrigin, type LayerOrigin, type StoreFile } from '@image-tooling/oci';

/** A layer of an image, from its manifest and history. */
export interface StoredLayer {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly diffId?: Digest;
  /** Written by image-tooling into the config's history; absent in other images. */
  readonly origin?: LayerOrigin;
}

/** An image whose manifest is in the store. */
export interface StoredImage {
  /** Its title; `?` if its config has none or is missing. */
  readonly name: string;
  readonly platform: string;
  readonly digest: Digest;
  readonly config: Digest;
  readonly layers: readonly StoredLayer[];
  /** Bytes of its layers. */
  readonly size: number;
  /** When it was last assembled, in milliseconds since the epoch. */
  readonly usedMs: number;
}

/** Reads the image of a manifest (OCI image-spec 1.1); returns undefined if the JSON is not a manifest. */
export async function readImage(
  { digest, usedMs }: StoreFile,
  json: unknown,
  read: (digest: Digest) => Promise<unknown>,
): Promise<StoredImage | undefined> {
  const manifest = json as Partial<ManifestJson> | null;
  if (manifest?.mediaType !== MEDIA_TYPES.manifest || !isDescriptor(manifest.config)) return undefined;
  const described = (Array.isArray(manifest.layers) ? manifest.layers : []).filter(isDescriptor);
  const config = imageConfigSchema.safeParse(await read(manifest.config.digest)).data ?? {};
  return {
    name: titleIn(config) ?? '?',
    platform: `${config.os ?? '?'}/${config.architecture ?? '?'}`,
    digest,
    config: manifest.config.digest,
    layers: described.map((layer, at) => layerOf(layer, at, config)),
    size: described.reduce((sum, layer) => sum + layer.size, 0),
    usedMs,
  };
}

interface ManifestJson {
  readonly mediaType: string;
  readonly config: unknown;
  readonly layers: readonly unknown[];
}

interface DescriptorJson {
  readonly digest: Digest;
  readonly size: number;
}

function isDescriptor(value: unknown): value is DescriptorJson {
  const { digest, size } = (value ?? {}) as Partial<DescriptorJson>;
  return typeof digest === 'string' && isDigest(digest) && Number.isSafeInteger(size);
}

function titleIn({ config }: ImageConfigJson): string | undefined {
  const { Labels } = (config ?? {}) as { readonly Labels?: Readonly<Record<string, unknown>> | null };
  const title = Labels?.['org.opencontainers.image.title'];
  return typeof title === 'string' ? title : undefined;
}

function layerOf({ digest, size }: DescriptorJson, at: number, config: ImageConfigJson): StoredLayer {
  const diffId = config.rootfs?.diff_ids?.[at] ?? '';
  const origin = readOrigin(config.history?.[at]?.created_by);
  return {
    digest,
    size,
    ...(isDigest(diffId) && { diffId }),
    ...(origin && { origin }),
  };
}
