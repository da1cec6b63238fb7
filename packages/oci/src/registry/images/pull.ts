import { archOf, isDigest, type Digest, type Layer, type Platform, type Result } from '@image-tooling/model';
import { caught, Fault, valueOf } from '../../fault';
import { compressionOf, type Descriptor } from '../../image/manifest';
import type { Store } from '../../store/store';
import { imageContent } from '../manifests/image-content';
import { jsonObject } from '../manifests/json';
import { isIndexType } from '../manifests/media-types';
import type { ManifestBytes, Repository } from '../port';
import { repositoryText } from '../reference';
import { someAtOnce } from './some-at-once';

export interface PullRequest {
  /** Of the index. */
  readonly index: Digest;
  readonly platform: Platform;
  readonly to: Store;
}

/** An image as a registry serves it; its blobs are where they were pulled to. */
export interface PulledImage {
  readonly manifestDigest: Digest;
  readonly configDigest: Digest;
  /** Bottom first. Sizes of their tars are not known: 0. */
  readonly layers: readonly Layer[];
}

/**
 * Pulls one platform of an index by digest: manifest, config and all layers, some at once, each hashed. Fails with
 * `gone` where the registry lacks any of them, with `checksum` where one is not what it should be, and as the
 * registry does.
 */
export async function pullImage(
  repository: Repository,
  { index, platform, to }: PullRequest,
): Promise<Result<PulledImage>> {
  return caught(repositoryText(repository.name), async () => {
    const manifest = await needManifest(repository, await manifestFor(repository, index, platform));
    const { blobs } = valueOf(imageContent(manifest));
    if (isIndexType(manifest.mediaType))
      throw missing(`The index ${index} has another index for ${platform}.`);
    valueOf(await someAtOnce(blobs, (blob) => repository.pullBlob(blob, to)));
    const { config, layers = [] } = parsed(manifest.bytes) as ManifestJson;
    const configBytes = valueOf(await to.readBlob(config.digest));
    const diffIds = (parsed(configBytes) as ConfigJson).rootfs?.diff_ids ?? [];
    return {
      manifestDigest: manifest.digest,
      configDigest: config.digest,
      layers: layers.map((layer, at) => knownLayer(layer, diffIds[at])),
    };
  });
}

type IndexRow =
  (Descriptor & { readonly platform?: { readonly os?: string; readonly architecture?: string } }) | null;

interface IndexJson {
  readonly manifests?: readonly IndexRow[];
}

interface ManifestJson {
  readonly config: Descriptor;
  readonly layers?: readonly Descriptor[];
}

interface ConfigJson {
  readonly rootfs?: { readonly diff_ids?: readonly string[] };
}

async function manifestFor(repository: Repository, index: Digest, wanted: Platform): Promise<Digest> {
  const { manifests = [] } = parsed((await needManifest(repository, index)).bytes) as IndexJson;
  const found = manifests.find(
    (row) => row?.platform?.os === 'linux' && row.platform.architecture === archOf(wanted),
  );
  if (!found) throw missing(`The index ${index} has no manifest for ${wanted}.`);
  return found.digest;
}

async function needManifest(repository: Repository, digest: Digest): Promise<ManifestBytes> {
  const found = valueOf(await repository.getManifest(digest));
  if (!found) throw missing(`${repositoryText(repository.name)} has no manifest ${digest}.`);
  return found;
}

function knownLayer({ mediaType, digest, size }: Descriptor, diffId: string | undefined): Layer {
  const compression = compressionOf(mediaType);
  if (compression === undefined || diffId === undefined || !isDigest(diffId))
    throw missing(`The layer ${digest} is of a kind that is not known here.`);
  return { diffId, digest, size, tarSize: 0, compression };
}

/** What our own publishes have written; its hash is checked. */
function parsed(bytes: Uint8Array): unknown {
  return jsonObject(bytes) ?? {};
}

function missing(message: string): Fault {
  return new Fault({ code: 'gone', message, hint: 'Publish the image again.' });
}
