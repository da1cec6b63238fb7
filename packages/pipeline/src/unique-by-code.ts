import type { Failure } from '@image-tooling/model';

/** Returns one failure for each code: parallel transfers fail for the same reason. */
export function uniqueByCode(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [failure.code, failure])).values()];
}
