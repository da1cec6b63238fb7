import { sha256Of, type RegistryAddress } from './get';
import { rawBlob, rawManifest } from './repository';

interface Named {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

interface AnyManifest {
  readonly manifests?: readonly Named[];
  readonly config?: Named;
  readonly layers?: readonly Named[];
}

/**
 * Returns what is missing or wrong in everything that a tag or digest refers to: each index, manifest, config
 * and layer must be in this repository, with the size and digest of its descriptor. Empty: it is complete. By
 * plain HTTP and SHA-256 only. Blobs are read into memory one at a time.
 */
export async function wholeAt(
  registry: RegistryAddress,
  repository: string,
  reference: string,
): Promise<string[]> {
  const found = await rawManifest(registry, repository, reference);
  if (!found) return [`${reference}: no such manifest`];
  const wrong =
    reference.startsWith('sha256:') && found.digest !== reference
      ? [`${reference}: its bytes are ${found.digest}`]
      : [];
  const { manifests = [], config, layers = [] } = found.json as AnyManifest;
  for (const named of manifests) wrong.push(...(await wholeManifest(registry, repository, named)));
  for (const named of [...(config ? [config] : []), ...layers])
    wrong.push(...wrongOf(named, await rawBlob(registry, repository, named.digest)));
  return [...new Set(wrong)];
}

async function wholeManifest(registry: RegistryAddress, repository: string, named: Named): Promise<string[]> {
  const found = await rawManifest(registry, repository, named.digest);
  const wrong = wrongOf(named, found?.bytes);
  if (found && found.mediaType !== named.mediaType)
    wrong.push(`${named.digest}: is served as ${found.mediaType}, named as ${named.mediaType}`);
  return found ? [...wrong, ...(await wholeAt(registry, repository, named.digest))] : wrong;
}

function wrongOf({ digest, size, mediaType }: Named, bytes: Buffer | undefined): string[] {
  if (!bytes) return [`${digest}: missing (${mediaType})`];
  const wrong: string[] = [];
  if (bytes.length !== size) wrong.push(`${digest}: has ${bytes.length} bytes, is said to have ${size}`);
  if (sha256Of(bytes) !== digest) wrong.push(`${digest}: its bytes are ${sha256Of(bytes)}`);
  return wrong;
}
