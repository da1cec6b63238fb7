import { valueOf } from '@image-tooling/host';
import {
  canonicalJson,
  digestOf,
  hexOf,
  type Compression,
  type Digest,
  type Layer,
} from '@image-tooling/model';
import { descriptorJson, manifestJson, MEDIA_TYPES, type Descriptor } from '../image/manifest';
import { recompress } from '../layer/convert';
import { Blobs } from '../store/blobs';
import { LAYOUT_FILE } from '../store/layout';
import type { Store } from '../store/store';
import { fileEntry, type TarEntry } from '@image-tooling/layer';
import type { ExportImage, ExportOptions } from './request';

/** An OCI image layout (OCI image-spec 1.1, image-layout.md) as entries, and the manifest in it. */
export interface OciLayout {
  readonly entries: readonly TarEntry[];
  readonly manifestDigest: Digest;
}

/** Builds the layout of one image. Layers with another compression than requested are converted into `temporary`. */
export async function ociLayout(
  image: ExportImage,
  options: ExportOptions,
  temporary: string,
): Promise<OciLayout> {
  const converted = new Blobs(temporary, temporary);
  const blobs = new Map<Digest, TarEntry>();
  const layers: Layer[] = [];
  for (const layer of image.layers) {
    const wanted = await inCompression(layer, options, converted);
    const from = wanted === layer ? options.store : converted;
    blobs.set(wanted.digest, blobEntry(wanted.digest, wanted.size, from));
    layers.push(wanted);
  }
  const config = valueOf(await options.store.readBlob(image.configDigest));
  blobs.set(image.configDigest, bytesEntry(image.configDigest, config));
  const manifest = Buffer.from(canonicalJson(manifestJson(configOf(image, config.length), layers)));
  const descriptor = descriptorOf(MEDIA_TYPES.manifest, manifest);
  blobs.set(descriptor.digest, bytesEntry(descriptor.digest, manifest));
  const index = fileEntry('index.json', indexJson(descriptor, options.reference));
  return {
    entries: [...blobs.values(), index, fileEntry('oci-layout', LAYOUT_FILE)],
    manifestDigest: descriptor.digest,
  };
}

async function inCompression(layer: Layer, options: ExportOptions, converted: Blobs): Promise<Layer> {
  const wanted: Compression = options.compression ?? layer.compression;
  if (wanted === layer.compression) return layer;
  const { store, signal } = options;
  const to = { putBlobFromStream: converted.put.bind(converted) };
  return valueOf(await recompress(layer, wanted, { store, to, signal }));
}

/** Returns the entry of a blob that is hashed while it is read: an export never contains changed bytes. */
function blobEntry(digest: Digest, size: number, from: Store | Blobs): TarEntry {
  const open = () => (from instanceof Blobs ? from.pieces(digest) : from.blobPieces(digest));
  return { ...fileEntry(blobPath(digest), ''), size, content: { kind: 'stream', open } };
}

function bytesEntry(digest: Digest, bytes: Uint8Array): TarEntry {
  return fileEntry(blobPath(digest), bytes);
}

function blobPath(digest: Digest): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

function configOf(image: ExportImage, size: number): Descriptor {
  return { mediaType: MEDIA_TYPES.config, digest: image.configDigest, size };
}

function descriptorOf(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** `podman load`, skopeo and umoci take the image's name from the reference annotation. */
function indexJson(manifest: Descriptor, reference: string): string {
  const annotations = { 'org.opencontainers.image.ref.name': reference };
  const manifests = [{ ...descriptorJson(manifest), annotations }];
  return canonicalJson({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests });
}
