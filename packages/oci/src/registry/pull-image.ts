import {
  archOf,
  fail,
  isDigest,
  ok,
  type Compression,
  type Digest,
  type Layer,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { compressionOf } from '../image/manifest';
import type { Store } from '../store/store';
import type { ManifestBytes, Repository } from './port';

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
 * Pulls one platform of an index by digest: manifest, config and all layers, each hashed. Fails with `gone` where
 * the registry lacks any of them, with `checksum` where one is not what it should be, and as the registry does.
 */
export async function pullImage(
  repository: Repository,
  { index, platform, to }: PullRequest,
): Promise<Result<PulledImage>> {
  const list = await needManifest(repository, index);
  if (!list.ok) return list;
  const found = (JSON.parse(text(list.value)) as IndexJson).manifests?.find((one) => isFor(one, platform));
  if (!found) return missing(`The index ${index} has no manifest for ${platform}.`);
  const manifest = await needManifest(repository, found.digest);
  if (!manifest.ok) return manifest;
  const { config, layers = [] } = JSON.parse(text(manifest.value)) as ManifestJson;
  const pulledConfig = await repository.pullBlob(config, to);
  if (!pulledConfig.ok) return pulledConfig;
  const configBytes = await to.readBlob(config.digest);
  if (!configBytes.ok) return configBytes;
  const diffIds = (JSON.parse(configBytes.value.toString()) as ConfigJson).rootfs?.diff_ids ?? [];
  const pulled: Layer[] = [];
  for (const [at, layer] of layers.entries()) {
    const known = knownLayer(layer, diffIds[at]);
    if (!known) return missing(`Layer ${at + 1} of ${found.digest} is of a kind that is not known here.`);
    const result = await repository.pullBlob(layer, to);
    if (!result.ok) return result;
    pulled.push(known);
  }
  return ok({ manifestDigest: found.digest, configDigest: config.digest, layers: pulled });
}

interface DescriptorJson {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

interface IndexJson {
  readonly manifests?: readonly DescriptorJson[];
}

interface ManifestJson {
  readonly config: DescriptorJson;
  readonly layers?: readonly DescriptorJson[];
}

interface ConfigJson {
  readonly rootfs?: { readonly diff_ids?: readonly Digest[] };
}

function isFor({ platform }: DescriptorJson, wanted: Platform): boolean {
  return platform?.os === 'linux' && platform.architecture === archOf(wanted);
}

function knownLayer(
  { mediaType, digest, size }: DescriptorJson,
  diffId: string | undefined,
): Layer | undefined {
  const compression: Compression | undefined = compressionOf(mediaType);
  if (compression === undefined || diffId === undefined || !isDigest(diffId)) return undefined;
  return { diffId, digest, size, tarSize: 0, compression };
}

async function needManifest(repository: Repository, digest: Digest): Promise<Result<ManifestBytes>> {
  const found = await repository.getManifest(digest);
  if (!found.ok) return found;
  return found.value ? ok(found.value) : missing(`The registry has no manifest ${digest}.`);
}

function text({ bytes }: ManifestBytes): string {
  return Buffer.from(bytes).toString('utf8');
}

function missing(message: string): Result<never> {
  return fail({ code: 'gone', message, hint: 'Publish the image again.' });
}
