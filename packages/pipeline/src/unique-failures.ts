import type { Failure } from '@image-tooling/model';

/** Returns one failure for each code: parallel transfers fail for the same reason. */
export function uniqueByCode(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [failure.code, failure])).values()];
}

/** Returns each failure once: images and platforms share locks, files and registries, and fail for the same reason. */
export function withoutRepetition(failures: readonly Failure[]): Failure[] {
  return [...new Map(failures.map((failure) => [identityOf(failure), failure])).values()];
}

/** Two files may have the same mistake. */
function identityOf({ code, message, place }: Failure): string {
  return JSON.stringify([code, message, place?.file, place?.line, place?.column]);
}
