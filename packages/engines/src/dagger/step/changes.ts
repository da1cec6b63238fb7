import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { discard, failureOf, Fault, newOwnedName } from '@image-tooling/host';
import { rewriteTar } from '@image-tooling/layer';
import { fail, ok, type Result } from '@image-tooling/model';
import { withoutPaths } from '../../layers/rewrites';
import { lastLayerIn } from './archive';
import { STEP_FOLDER } from './places';

/**
 * Writes the last layer of an image (an OCI layout in a tar) for the port, completely or not at all, without
 * the runner's own folder. The engine's layers do not contain folders that were only touched.
 */
export async function writeChanges(image: string, to: string, signal: AbortSignal): Promise<Result<void>> {
  const temporary = `${to}.${newOwnedName()}.tmp`;
  try {
    const { offset, length } = await lastLayerIn(image);
    const layer = createReadStream(image, {
      start: offset,
      end: offset + length - 1,
      highWaterMark: 1_048_576,
    });
    const kept = rewriteTar(layer, 'Its last layer', withoutPaths(isOwn));
    await pipeline(Readable.from(kept), createWriteStream(temporary), { signal });
    await rename(temporary, to);
    return ok(undefined);
  } catch (error) {
    await discard(temporary);
    const failure = failureOf(error, to);
    if (!(error instanceof Fault)) return fail(failure);
    const message = "The Dagger engine returned an image that can't be read.";
    return fail({ code: 'engine', message, details: [failure.message, ...(failure.details ?? [])] });
  }
}

/** Returns whether this is the runner's folder, or the root itself. */
function isOwn(path: string): boolean {
  return path === '' || path === '.' || path === STEP_FOLDER || path.startsWith(`${STEP_FOLDER}/`);
}
