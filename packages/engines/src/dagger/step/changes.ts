import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { discard, ioFailure, newOwnedName } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { TarError } from '../../tar/blocks';
import { rewriteTar } from '../../tar/rewrite';
import { withoutPaths } from '../../tar/whiteouts';
import { lastLayerIn } from './archive';
import { STEP_FOLDER } from './places';

/**
 * Writes the last layer of an image (an OCI layout in a tar) as the port wants it, whole or not at all: less the
 * runner's own folder. Folders that were touched only are in no layer of the engine's.
 */
export async function writeChanges(image: string, to: string, signal: AbortSignal): Promise<Result<void>> {
  const temporary = `${to}.${newOwnedName()}.tmp`;
  try {
    const { offset, size } = await lastLayerIn(image);
    const layer = createReadStream(image, {
      start: offset,
      end: offset + size - 1,
      highWaterMark: 1_048_576,
    });
    const kept = rewriteTar(layer, withoutPaths(isOwn));
    await pipeline(Readable.from(kept), createWriteStream(temporary), { signal });
    await rename(temporary, to);
    return ok(undefined);
  } catch (error) {
    await discard(temporary);
    if (!(error instanceof TarError)) return fail(ioFailure(error, to));
    const message = `The Dagger engine gave an image that can't be read: ${error.message}.`;
    return fail({ code: 'engine', message });
  }
}

/** The runner's folder, and the root itself. */
function isOwn(path: string): boolean {
  return path === '' || path === '.' || path === STEP_FOLDER || path.startsWith(`${STEP_FOLDER}/`);
}
