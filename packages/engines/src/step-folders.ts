import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { caught } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import type { Step } from './port';

/**
 * Makes a step's own folder and the one of its changes, and removes an old file at `changesTo`. Fails with
 * `io` or `disk-full`.
 */
export async function makeStepFolders(
  { changesTo }: Pick<Step, 'changesTo'>,
  folder: string,
): Promise<Result<void>> {
  return caught(folder, async () => {
    await mkdir(folder, { recursive: true });
    if (changesTo === undefined) return;
    await mkdir(dirname(changesTo), { recursive: true });
    await rm(changesTo, { force: true });
  });
}
