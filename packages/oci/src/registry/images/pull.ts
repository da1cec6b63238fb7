import { caught, Fault, valueOf } from '@image-tooling/host';
import {
  archOf,
  isDigest,
  jsonObject,
  type Digest,
  type Layer,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { compressionOf, type Descriptor } from '../../image/manifest';
import type { Store } from '../../store/store';
import { imageContent } from '../manifests/image-content';
import { isIndexType } from '../manifests/media-types';
import type { ManifestBytes, Repository } from '../port';
import { repositoryText } from '../reference';
import { mapResults } from './map-results';

export interface PullRequest {
  /** Of the index. */
  readonly index: Digest;
  readonly platform: Platform;
  readonly to: Store;
}

/** A pulled image; its blobs are in the target of the pull. */
export interface PulledImage {
  readonly manifestDigest: Digest;
  readonly configDigest: Digest;
  /** Bottom first. The sizes of their tars are unknown: 0. */
  readonly layers: readonly Layer[];
}

/**
 * Pulls one platform of an index by digest: manifest, config and all layers, concurrently, each hashed. Fails with
 * `gone` if the registry lacks any of them, with `checksum` if one has wrong bytes, and as the registry does.
 */
export async function pullImage(
  repository: Repository,
  { index, platform, to }: PullRequest,
): Promise<Result<PulledImage>> {
  return caught(repositoryText(repository.name), async () => {
    const manifest = await needManifest(repository, await manifestFor(repository, index, platform));
    const { blobs } = valueOf(imageContent(manifest));
    if (isIndexType(manifest.mediaType))
      throw missing(`The index ${index} contains another index for ${platform}.`);
    valueOf(await mapResults(blobs, (blob) => repository.pullBlob(blob, to)));
    const { config, layers } = imageJson(manifest);
    const configBytes = valueOf(await to.readBlob(config.digest));
    const { rootfs } = (jsonObject(configBytes) ?? {}) as ConfigJson;
    const diffIds = listOf(rootfs?.diff_ids);
    return {
      manifestDigest: manifest.digest,
      configDigest: config.digest,
      layers: layers.map((layer, at) => knownLayer(layer, diffIds[at])),
    };
  });
}

type IndexRow =
  | (Descriptor & { readonly platform?: { readonly os?: unknown; readonly architecture?: unknown } | null })
  | null;

interface ConfigJson {
  readonly rootfs?: { readonly diff_ids?: unknown } | null;
}

/** The descriptors of an image manifest, which `imageContent` has checked. */
function imageJson({ digest, mediaType, bytes }: ManifestBytes) {
  const { config, layers } = jsonObject(bytes) ?? {};
  if (!config || !Array.isArray(layers)) throw missing(`${digest} is not an image ("${mediaType}").`);
  return { config: config as Descriptor, layers: layers as readonly Descriptor[] };
}

async function manifestFor(repository: Repository, index: Digest, wanted: Platform): Promise<Digest> {
  const listed = jsonObject((await needManifest(repository, index)).bytes)?.['manifests'];
  const found = (listOf(listed) as readonly IndexRow[]).find(
    (row) => row?.platform?.os === 'linux' && row.platform.architecture === archOf(wanted),
  );
  if (!isDigest(found?.digest)) throw missing(`The index ${index} has no manifest for ${wanted}.`);
  return found.digest;
}

/** Reads a manifest by digest. Throws a `Fault` with `gone` if the registry lacks it. */
export async function needManifest(repository: Repository, digest: Digest): Promise<ManifestBytes> {
  const found = valueOf(await repository.getManifest(digest));
  if (!found) throw missing(`${repositoryText(repository.name)} has no manifest ${digest}.`);
  return found;
}

function knownLayer({ mediaType, digest, size }: Descriptor, diffId: unknown): Layer {
  const compression = compressionOf(mediaType);
  if (compression === undefined || !isDigest(diffId))
    throw missing(`The layer ${digest} has an unsupported media type.`);
  return { diffId, digest, size, tarSize: 0, compression };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function missing(message: string): Fault {
  return new Fault({ code: 'gone', message, hint: 'Publish the image again.' });
}
