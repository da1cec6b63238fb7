import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import { digestOf, hexOf, type Digest, type Result } from '@image-tooling/model';
import type { RepositoryName } from '@image-tooling/oci';
import type { Session } from '../session';
import type { BlobPlaces } from './publication';

/**
 * Remembers where publishes of this machine last saw blobs of a registry. Images share layers, and Nx
 * publishes several at once: the second waits for the first and mounts the layer instead of sending it. An
 * outdated place does no harm: the registry then asks for the bytes.
 */
export function blobPlaces({ store, context }: Session, { registry, path }: RepositoryName): BlobPlaces {
  const folder = join(store.root, 'pushed', hexOf(digestOf(registry)));
  return {
    at: (digest, work) =>
      store.lock(`push ${hexOf(digestOf(registry)).slice(0, 16)} ${hexOf(digest)}`, context, async () => {
        const file = join(folder, hexOf(digest));
        const known = await readFile(file, 'utf8').catch(() => undefined);
        const done = await work(known === undefined || known === path ? [] : [known]);
        if (!done.ok) return done;
        const kept = await writeFileAtomic(file, path);
        return kept.ok ? done : kept;
      }),
  };
}

/** For publishes without such a record. */
export const NO_PLACES: BlobPlaces = {
  at: <T>(_: Digest, work: (mountFrom: readonly string[]) => Promise<Result<T>>) => work([]),
};
