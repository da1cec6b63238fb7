import {
  fail,
  failWith,
  ok,
  type Failure,
  type Layer,
  type Origin,
  type OriginLayer,
  type Result,
} from '@image-tooling/model';
import { indexLayer } from '@image-tooling/oci';
import type { Session } from '../../session';
import type { MadeLayer } from '../layers/ensure-layer';
import { basePlace, inBaseRepository } from './repository';

/**
 * Returns a layer of a registry image, from the store or pulled. Its bytes are unchanged. Fails with `gone`,
 * `checksum`, `base-unusable` if its tar differs from the image's config, `tar-format`, and as the
 * registry does.
 */
export async function pullBaseLayer(
  session: Session,
  reference: string,
  layer: OriginLayer,
): Promise<Result<MadeLayer>> {
  const read = await readBaseLayer(session, reference, layer, () => indexLayer(layer, session.store));
  return read.ok ? ok({ layer, paths: read.value.value, origin: read.value.origin }) : read;
}

/** Runs `read` on the blob of a layer in the store; pulls it if it is missing or unreadable. */
export async function readBaseLayer<T>(
  session: Session,
  reference: string,
  layer: Pick<Layer, 'digest' | 'size'>,
  read: () => Promise<Result<T>>,
): Promise<Result<{ readonly value: T; readonly origin: Origin }>> {
  if (await session.store.hasBlob(layer.digest)) {
    const found = await read();
    if (found.ok) return ok({ value: found.value, origin: 'store' });
  }
  const pulled = await pullBaseBlob(session, reference, layer);
  if (!pulled.ok) return pulled;
  const found = await read();
  return found.ok
    ? ok({ value: found.value, origin: 'fetched' })
    : failWith(found.failures.map((failure) => ofBase(failure, reference, layer)));
}

/** Pulls a blob of a base into the store, hashed. */
export async function pullBaseBlob(
  session: Session,
  reference: string,
  blob: Pick<Layer, 'digest' | 'size'>,
): Promise<Result<void>> {
  const place = basePlace(reference);
  if (!place.ok) return place;
  const pulled = await inBaseRepository(session, place.value, (repository) =>
    repository.pullBlob(blob, session.store),
  );
  return pulled.ok ? pulled : fail(...withReference(pulled.failures, reference));
}

/** Adds the reference of the image, since layer digests alone don't identify it. */
export function withReference(
  failures: readonly [Failure, ...Failure[]],
  reference: string,
): [Failure, ...Failure[]] {
  const [first, ...rest] = failures;
  return [{ ...first, details: [...(first.details ?? []), `from.registry: ${reference}`] }, ...rest];
}

/** The blob has the right digest, so the image itself is wrong. */
function ofBase(failure: Failure, reference: string, { digest }: Pick<Layer, 'digest'>): Failure {
  if (failure.code !== 'store-corrupt' && failure.code !== 'tar-format') return failure;
  return {
    code: 'base-unusable',
    message: `The layer ${digest} of the base can't be used: ${failure.message}`,
    hint: 'The image itself is invalid: use another digest, or report it to its publisher.',
    details: [`from.registry: ${reference}`],
  };
}
