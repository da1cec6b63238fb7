import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { digestOf, type Failure } from '@image-tooling/model';
import type { Session } from '../session';

/** Removes blobs of the store with a wrong hash, so that the next run builds them again. */
export async function withoutCorrupt({ store }: Session, failures: readonly Failure[]): Promise<Failure[]> {
  const blobs = dirname(store.blobPath(digestOf('')));
  return Promise.all(
    failures.map(async (failure) => {
      const file = failure.place?.file ?? '';
      if (failure.code !== 'store-corrupt' || dirname(file) !== blobs) return failure;
      await rm(file, { force: true });
      return {
        ...failure,
        hint: 'It was removed. Publish again: it is rebuilt, and must have the same digest.',
      };
    }),
  );
}
