import { createHash } from 'node:crypto';
import { archOf, canonicalJson, type Digest, type Layer, type Platform } from '@image-tooling/model';
import { manifestJson, MEDIA_TYPES, storedBlob, type Store } from '@image-tooling/oci';
import { valueOf } from '@image-tooling/testkit/helpers';
import type { LabelledBlob, LocalPlatform } from '../../src/publish/publication';

/** Returns an image whose layers are random bytes; they are in the store. */
export async function generatedPlatform(
  platform: Platform,
  seeds: readonly string[],
  size: number,
  store: Store,
  mountFrom: readonly string[],
): Promise<LocalPlatform> {
  const layers: Layer[] = [];
  for (const seed of seeds) {
    const { digest } = valueOf(await store.putBlobFromBytes(bytesOf(seed, size)));
    layers.push({ digest, diffId: digest, size, tarSize: size, compression: 'none' });
  }
  const diffIds = layers.map(({ diffId }) => diffId);
  const configBytes = Buffer.from(
    canonicalJson({
      architecture: archOf(platform),
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  );
  const config = valueOf(await store.putBlobFromBytes(configBytes));
  const bytes = Buffer.from(
    canonicalJson(manifestJson({ mediaType: MEDIA_TYPES.config, ...config }, layers)),
  );
  const { digest } = valueOf(await store.putBlobFromBytes(bytes));
  const blob = (label: string, of: { digest: Digest; size: number }): LabelledBlob => ({
    label,
    blob: storedBlob(store, of),
    mountFrom,
  });
  return {
    manifest: { mediaType: MEDIA_TYPES.manifest, digest, bytes },
    blobs: [blob('config', config), ...layers.map((layer, at) => blob(`tool ${seeds[at]}`, layer))],
  };
}

/** Incompressible bytes, the same for a seed everywhere. */
export function bytesOf(seed: string, size: number): Buffer {
  return createHash('shake256', { outputLength: size }).update(seed).digest();
}
