import { plainRequest, sha256Of, type RegistryAddress } from './get';

/** A small image that was pushed by plain HTTP, for tests of what reads a registry. */
export interface PushedImage {
  /** Digest of the manifest. */
  readonly digest: string;
  readonly config: string;
  readonly layer: string;
}

/** Pushes a blob in one piece; throws where the registry does not take it. Gives its digest. */
export async function pushPlainBlob(
  registry: RegistryAddress,
  repository: string,
  bytes: Buffer,
): Promise<string> {
  const begun = await plainRequest(registry, 'POST', `/v2/${repository}/blobs/uploads/`, Buffer.alloc(0));
  if (begun.status !== 202)
    throw new Error(`The upload was answered ${begun.status}: ${begun.body.toString()}`);
  const location = new URL(String(begun.headers['location']), registry.url);
  const digest = sha256Of(bytes);
  location.searchParams.set('digest', digest);
  const type = { 'content-type': 'application/octet-stream' };
  const ended = await plainRequest(registry, 'PUT', location.pathname + location.search, bytes, type);
  if (ended.status !== 201)
    throw new Error(`The blob was answered ${ended.status}: ${ended.body.toString()}`);
  return digest;
}

/** Pushes a manifest or index under a tag or its digest; throws where the registry does not take it. Gives its digest. */
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
  const { status, body } = await plainRequest(registry, 'PUT', path, bytes, type);
  if (status !== 201) throw new Error(`The manifest was answered ${status}: ${body.toString()}`);
  return digest;
}

/** Pushes an image of one layer with these bytes. */
export async function pushPlainImage(
  registry: RegistryAddress,
  repository: string,
  tag: string,
  content: Buffer | string,
  subject?: { readonly digest: string; readonly size: number; readonly mediaType: string },
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
    ...(subject && { subject }),
  };
  return { digest: await pushPlainManifest(registry, repository, manifest, tag), config, layer };
}
