import { caught, valueOf } from '@image-tooling/host';
import type { Digest, Result } from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import { imageContent } from '../manifests/image-content';
import type { Repository } from '../port';
import { repositoryText } from '../reference';
import { needManifest } from './pull';

/**
 * Reads an index and the manifests in it by digest, and returns the blobs of all of them, each once. Fails with `gone`
 * if the registry lacks a manifest, with `checksum` if one was altered, and as the registry does.
 */
export async function indexBlobs(repository: Repository, index: Digest): Promise<Result<Descriptor[]>> {
  return caught(repositoryText(repository.name), async () => {
    const { manifests } = valueOf(imageContent(await needManifest(repository, index)));
    const blobs = new Map<Digest, Descriptor>();
    for (const { digest } of manifests) {
      const content = valueOf(imageContent(await needManifest(repository, digest)));
      for (const blob of content.blobs) blobs.set(blob.digest, blob);
    }
    return [...blobs.values()];
  });
}
