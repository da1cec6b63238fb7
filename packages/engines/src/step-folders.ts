import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ioFailure } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import type { Step } from './port';

/**
 * Makes a step's own folder and the one of its changes, and removes an old file at `changesTo`. Fails with
 * `io` or `disk-full`.
 */
export async function makeStepFolders(
  { changesTo }: Pick<Step, 'changesTo'>,
  folder: string,
): Promise<Result<void>> {
  try {
    await mkdir(folder, { recursive: true });
    if (changesTo === undefined) return ok(undefined);
    await mkdir(dirname(changesTo), { recursive: true });
    await rm(changesTo, { force: true });
    return ok(undefined);
  } catch (error) {
    return fail(ioFailure(error, folder));
  }
}
