import type { Failure } from '@image-tooling/model';
import type { StoreFile } from '@image-tooling/oci';

/**
 * A damage, and the files that a repair removes: the damaged one, and what refers to it. The next build makes
 * them again.
 */
export interface Damage {
  readonly failure: Failure;
  readonly files: readonly Pick<StoreFile, 'path'>[];
}

/** Returns a failure for damage, with the hint to repair. */
export const REPAIR =
  'Run "image-tooling store verify --repair": it is removed, and the next build makes it again.';

export function damage(message: string, files: Damage['files'], details: readonly string[] = []): Damage {
  const [first] = files;
  const failure: Failure = {
    code: 'store-corrupt',
    message,
    hint: REPAIR,
    ...(first && { place: { file: first.path } }),
    ...(details.length > 0 && { details }),
  };
  return { failure, files };
}
