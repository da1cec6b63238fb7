import { createCipheriv, createHash } from 'node:crypto';
import { EMPTY_BODY, plainRequest, sha256Of, type RegistryAddress } from './get';

/** A small image that was pushed by plain HTTP, for tests of what reads a registry. */
export interface PushedImage {
  /** The manifest's descriptor, to name it as a subject. */
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly config: string;
  readonly layer: string;
}

/** Pushes a blob in one piece; throws if the registry refuses it. Returns its digest. */
export async function pushPlainBlob(
  registry: RegistryAddress,
  repository: string,
  bytes: Buffer,
): Promise<string> {
  const begun = await plainRequest(registry, 'POST', `/v2/${repository}/blobs/uploads/`, EMPTY_BODY);
  if (begun.status !== 202)
    throw new Error(`The upload was answered ${begun.status}: ${begun.body.toString()}`);
  const location = new URL(String(begun.headers['location']), registry.url);
  const digest = sha256Of(bytes);
  location.searchParams.set('digest', digest);
  const type = { 'content-type': 'application/octet-stream' };
  const ended = await plainRequest(registry, 'PUT', location.pathname + location.search, {
    body: bytes,
    headers: type,
  });
  if (ended.status !== 201)
    throw new Error(`The blob was answered ${ended.status}: ${ended.body.toString()}`);
  return digest;
}

/**
 * Pushes a manifest or index under a tag or its digest; throws if the registry refuses it. Returns its
 * digest.
 */
export async function pushPlainManifest(
  registry: RegistryAddress,
  repository: string,
  json: Readonly<Record<string, unknown>>,
  tag?: string,
): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(json));
  const digest = sha256Of(bytes);
  const path = `/v2/${repository}/manifests/${tag ?? digest}`;
  const type = { 'content-type': String(json['mediaType']) };
  const { status, body } = await plainRequest(registry, 'PUT', path, { body: bytes, headers: type });
  if (status !== 201) throw new Error(`The manifest was answered ${status}: ${body.toString()}`);
  return digest;
}

/** How a pushed image can be found: by a tag, as a referrer of another manifest; else only by its digest. */
export interface PushedAs {
  readonly tag?: string;
  readonly subject?: { readonly digest: string; readonly size: number; readonly mediaType: string };
}

/** Pushes an image of one layer with these bytes. */
export async function pushPlainImage(
  registry: RegistryAddress,
  repository: string,
  content: Buffer | string,
  { tag, subject }: PushedAs = {},
): Promise<PushedImage> {
  const bytes = Buffer.from(content);
  const configBytes = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' } }),
  );
  const layer = await pushPlainBlob(registry, repository, bytes);
  const config = await pushPlainBlob(registry, repository, configBytes);
  const oci = 'application/vnd.oci.image';
  const manifest = {
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    config: { mediaType: `${oci}.config.v1+json`, digest: config, size: configBytes.length },
    layers: [{ mediaType: `${oci}.layer.v1.tar`, digest: layer, size: bytes.length }],
    ...(subject && { subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size } }),
  };
  const digest = await pushPlainManifest(registry, repository, manifest, tag);
  return { digest, mediaType: manifest.mediaType, size: JSON.stringify(manifest).length, config, layer };
}

/**
 * Pushes an image of one layer for each platform (`linux/arm64`: its layer's bytes) and an index of them
 * under a tag.
 */
export async function pushPlainIndex(
  registry: RegistryAddress,
  repository: string,
  tag: string,
  layers: Readonly<Record<string, Buffer | string>>,
): Promise<{ readonly digest: string; readonly platforms: Readonly<Record<string, PushedImage>> }> {
  const platforms: Record<string, PushedImage> = {};
  const manifests: object[] = [];
  for (const [platform, content] of Object.entries(layers)) {
    const [os, architecture] = platform.split('/');
    const pushed = await pushPlainImage(registry, repository, content);
    const { digest, mediaType, size } = pushed;
    platforms[platform] = pushed;
    manifests.push({ mediaType, digest, size, platform: { os, architecture } });
  }
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests };
  return { digest: await pushPlainManifest(registry, repository, index, tag), platforms };
}

/** Bytes that do not compress, the same for the same seed. */
export function seededBytes(size: number, seed: string): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}
