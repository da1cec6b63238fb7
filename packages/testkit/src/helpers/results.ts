import type { Failure, Result } from '@image-tooling/model';

/** Returns the value of a result that must be a success. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`unexpected failure: ${JSON.stringify(result.failures, null, 2)}`);
  return result.value;
}

/** Returns the failures of a result that must be one. */
export function failuresOf(result: Result<unknown>): readonly [Failure, ...Failure[]] {
  if (result.ok) throw new Error(`unexpected success: ${JSON.stringify(result.value)}`.slice(0, 500));
  return result.failures;
}

export function codesOf(result: Result<unknown>): string[] {
  return failuresOf(result).map(({ code }) => code);
}
