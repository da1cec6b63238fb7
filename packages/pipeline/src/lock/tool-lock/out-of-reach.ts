import type { Failed, FailureCode } from '@image-tooling/model';

const OUT_OF_REACH: readonly FailureCode[] = ['network', 'timeout', 'http-status', 'gone'];

/** Returns whether something could not be fetched for reasons outside of the definition. */
export function isOutOfReach({ failures }: Failed): boolean {
  return failures.every(({ code }) => OUT_OF_REACH.includes(code));
}
