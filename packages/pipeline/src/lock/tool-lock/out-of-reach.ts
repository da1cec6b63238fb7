import type { Failed, FailureCode } from '@image-tooling/model';

const OUT_OF_REACH: readonly FailureCode[] = ['network', 'timeout', 'http-status', 'gone'];

/** Whether something could not be had, though it may be there and nothing be wrong with the definition. */
export function isOutOfReach({ failures }: Failed): boolean {
  return failures.every(({ code }) => OUT_OF_REACH.includes(code));
}
