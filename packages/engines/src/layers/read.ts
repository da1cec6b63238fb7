import { createReadStream } from 'node:fs';
import { failureOf, Fault, isAbort } from '@image-tooling/host';
import { checkedTar } from '@image-tooling/layer';
import { fail, ok, type Digest, type Failure, type Result } from '@image-tooling/model';
import type { SystemLayer } from '../port';

const PIECE = 1024 * 1024;

/**
 * Reads a layer's blob to its end, decompresses it, and checks its diff id. `take` gets the tar, and reads it
 * to its end. Fails with `checksum`, `tar-format`, `truncated`, `aborted`, or a code of the file system, also
 * if `take` throws such an error.
 */
export async function readLayer(
  layer: SystemLayer,
  signal: AbortSignal,
  take: (tar: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<Result<void>> {
  const blob = createReadStream(layer.path, { highWaterMark: PIECE });
  try {
    await take(untilStopped(layer, blob, signal));
    return ok(undefined);
  } catch (error) {
    const failure = isAbort(error) ? stopped(layer) : failureOf(error, layer.path);
    return fail({ place: { file: layer.path }, ...failure });
  } finally {
    blob.destroy();
  }
}

/** Returns the name of a layer in messages. */
export function layerName({ path }: SystemLayer): string {
  return `The layer ${path}`;
}

async function* untilStopped(
  layer: SystemLayer,
  blob: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const piece of checkedTar(blob, layer, (found) => wrongContent(layer, found))) {
    if (signal.aborted) throw new Fault(stopped(layer));
    yield piece;
  }
}

function stopped({ path }: SystemLayer): Failure {
  return { code: 'aborted', message: `Stopped while unpacking ${path}.` };
}

function wrongContent(layer: SystemLayer, found: Digest): Failure {
  return {
    code: 'checksum',
    message: `${layerName(layer)} differs from its recorded digest.`,
    hint: 'Remove that blob: the next run creates it again.',
    details: [`expected diff id: ${layer.diffId}`, `found: ${found}`],
  };
}
