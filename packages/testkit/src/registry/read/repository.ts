import { plainRequest, sha256Of, type RegistryAddress } from './get';

/** A manifest as a registry serves it. */
export interface RawManifest {
  readonly bytes: Buffer;
  /** Of the bytes, not from the registry's headers. */
  readonly digest: string;
  readonly mediaType: string;
  readonly json: Record<string, unknown>;
}

/**
 * Returns all tags of a repository, sorted; empty if there is no such repository. Throws at any other answer
 * than 200 and 404.
 */
export async function tagsOf(registry: RegistryAddress, repository: string): Promise<string[]> {
  const tags: string[] = [];
  let next: string | undefined = `/v2/${repository}/tags/list`;
  while (next !== undefined) {
    const { status, headers, body } = await plainRequest(registry, 'GET', next);
    if (status === 404) return [];
    if (status !== 200) throw new Error(`${next} answered ${status}: ${body.toString()}`);
    tags.push(...((JSON.parse(body.toString()) as { tags: string[] | null }).tags ?? []));
    next = /<([^>]+)>; *rel="next"/.exec(String(headers['link'] ?? ''))?.[1];
  }
  return tags.sort();
}

/** Returns the manifest of a tag or digest, or undefined. Throws on any other status than 200 and 404. */
export async function rawManifest(
  registry: RegistryAddress,
  repository: string,
  reference: string,
): Promise<RawManifest | undefined> {
  const path = `/v2/${repository}/manifests/${reference}`;
  const { status, headers, body } = await plainRequest(registry, 'GET', path);
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`${path} answered ${status}: ${body.toString()}`);
  const json = JSON.parse(body.toString()) as Record<string, unknown>;
  return { bytes: body, digest: sha256Of(body), mediaType: String(headers['content-type']), json };
}

/** Returns the bytes of a blob, even with a wrong hash, or undefined. */
export async function rawBlob(
  registry: RegistryAddress,
  repository: string,
  digest: string,
): Promise<Buffer | undefined> {
  const { status, body } = await plainRequest(registry, 'GET', `/v2/${repository}/blobs/${digest}`);
  return status === 200 ? body : undefined;
}
