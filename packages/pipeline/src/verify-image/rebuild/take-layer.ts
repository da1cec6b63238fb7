import { failWith, ok, type OriginLayer, type Result } from '@image-tooling/model';
import { indexLayer, type Repository, type Store } from '@image-tooling/oci';

/**
 * Puts a published layer into a store, under the build id that its provenance gives. Checks the hashes of its blob and
 * its tar. Fails as `pullBlob` does, and with `checksum` if the tar is another one.
 */
export async function takeLayer(
  repository: Repository,
  layer: OriginLayer,
  store: Store,
): Promise<Result<void>> {
  const pulled = await repository.pullBlob(layer, store);
  if (!pulled.ok) return pulled;
  const paths = await indexLayer(layer, store);
  if (!paths.ok) return failWith(paths.failures.map(asPublished));
  const { diffId, digest, size, tarSize, compression } = layer;
  const kept = await store.putBuild(
    layer.buildId,
    { diffId, digest, size, tarSize, compression },
    paths.value,
  );
  return kept.ok ? ok(undefined) : kept;
}

/** The blob was hashed on its way: if the tar in it is another one, it was published so. */
function asPublished<T extends { readonly code: string }>(failure: T): T {
  return failure.code === 'store-corrupt' ? { ...failure, code: 'checksum' } : failure;
}
