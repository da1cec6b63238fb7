import type { Failure } from './failure';

/** The result of a function that can fail: its value, or every failure it found (at least one). */
export type Result<T> = Ok<T> | Failed;

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Failed {
  readonly ok: false;
  readonly failures: readonly [Failure, ...Failure[]];
}

/** Returns a success that carries `value`. */
export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

/** Returns a failure that carries one or more reasons. */
export function fail(first: Failure, ...rest: Failure[]): Failed {
  return { ok: false, failures: [first, ...rest] };
}

/** Returns a failure with the reasons of a non-empty list. */
export function failWith(failures: readonly Failure[]): Failed {
  const [first, ...rest] = failures;
  if (!first) throw new Error('a failure without a reason');
  return fail(first, ...rest);
}

/** Returns the values of all results, or the failures of all that failed. */
export function all<T>(results: readonly Result<T>[]): Result<T[]> {
  const failures = results.flatMap((result) => (result.ok ? [] : result.failures));
  const [first, ...rest] = failures;
  if (first) return fail(first, ...rest);
  return ok(results.flatMap((result) => (result.ok ? [result.value] : [])));
}
