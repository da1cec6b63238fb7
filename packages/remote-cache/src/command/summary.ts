import { readFile } from 'node:fs/promises';
import { jsonObject, ok, type Result } from '@image-tooling/model';
import { summaryFile } from '../run/files';
import type { CacheEnding, CacheRun } from './types';

/** Prints what the cache did in the last run. */
export async function summary({ root }: CacheRun): Promise<Result<CacheEnding>> {
  const kept = await readFile(summaryFile(root)).then(jsonObject, () => undefined);
  const lines = kept?.['lines'];
  return ok({
    lines: Array.isArray(lines)
      ? lines.map(String)
      : ['No run of this workspace has used the remote cache yet.'],
    isGood: true,
  });
}
