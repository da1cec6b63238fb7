import type { Failure } from '@image-tooling/model';
import type { StoreFile } from '@image-tooling/oci';

/**
 * Something that is wrong, and the files that go when it is repaired: the damaged one, and what leads to it. What is
 * missing is then made again.
 */
export interface Damage {
  readonly failure: Failure;
  readonly files: readonly Pick<StoreFile, 'path'>[];
}

/** What to do about damage, for a message. */
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
