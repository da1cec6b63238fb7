import { onTestFinished } from 'vitest';
import { canonicalJson, digestOf } from '@image-tooling/model';
import { valueOf } from '@image-tooling/testkit/helpers';
import { manifestJson, MEDIA_TYPES, type Descriptor } from '../src/image/manifest';
import { openRepository, type OpenRepository } from '../src/registry/client/client';
import type { RegistryOptions } from '../src/registry/options';
import type { LocalBlob, ManifestBytes, Repository } from '../src/registry/port';
import type { RequestRecord } from '../src/registry/send';

export interface OpenedRepository extends OpenRepository {
  readonly requests: RequestRecord[];
}

/** A repository of a registry on this machine, closed when the test ends. */
export function opened(
  registry: string,
  path: string,
  options: Partial<RegistryOptions> = {},
): OpenedRepository {
  const requests: RequestRecord[] = [];
  const repository = openRepository(
    { registry, path },
    {
      env: {},
      signal: new AbortController().signal,
      timings: { backoffSeconds: 0.01, shortestWaitSeconds: 0.01, longestWaitSeconds: 0.05 },
      onRequest: (record) => requests.push(record),
      ...options,
    },
  );
  onTestFinished(() => repository.close());
  return { ...repository, requests };
}

/** Bytes as a blob that comes in pieces. */
export function blobOf(bytes: Uint8Array): LocalBlob {
  return {
    digest: digestOf(bytes),
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    },
  };
}

const CONFIG = blobOf(Buffer.from('{}'));

/** An image of one layer with this content, pushed. */
export async function pushedImage(to: Repository, content: string, tag?: string): Promise<ManifestBytes> {
  const layer = blobOf(Buffer.from(content));
  for (const blob of [CONFIG, layer]) valueOf(await to.pushBlob(blob));
  const config: Descriptor = { mediaType: MEDIA_TYPES.config, digest: CONFIG.digest, size: CONFIG.size };
  const json = manifestJson(config, [
    {
      digest: layer.digest,
      size: layer.size,
      diffId: layer.digest,
      tarSize: layer.size,
      compression: 'none',
    },
  ]);
  const bytes = Buffer.from(canonicalJson(json));
  const manifest = { mediaType: MEDIA_TYPES.manifest, digest: digestOf(bytes), bytes };
  valueOf(await to.putManifest(manifest, tag));
  return manifest;
}
