import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { ioFailure, isErrno } from './files';

/** Carries an expected failure out of a stream or a loop, up to the `caught` at the edge of a package. */
export class Fault extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/**
 * Runs work that may throw. Returns its value; a `Fault`, a file system error or an abort becomes a failure. Rethrows
 * bugs.
 */
export async function caught<T>(path: string, work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    return fail(failureOf(error, path));
  }
}

/** As `caught`, for work that returns a result. */
export async function caughtResult<T>(path: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  const done = await caught(path, work);
  return done.ok ? done.value : done;
}

/** Returns the value of a result. Throws its first failure as a `Fault`. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Fault(result.failures[0]);
  return result.value;
}

/** Throws a `Fault` with `aborted` if the signal was aborted. */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Fault({ code: 'aborted', message: 'Stopped while writing an image.' });
}

/** Returns the failure for an error; a file system error names its own path, or else `path`. Rethrows bugs. */
export function failureOf(error: unknown, path: string): Failure {
  if (error instanceof Fault) return error.failure;
  if (isAbort(error)) return { code: 'aborted', message: `Stopped while working on ${path}.` };
  return ioFailure(error, isErrno(error) && error.path !== undefined ? error.path : path);
}

/** Returns whether Node's streams, timers or `signal.throwIfAborted()` threw an error on an abort without a reason. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
