import { ioFailure, isErrno } from './files';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';

/** Carries an expected failure out of a stream or a loop, up to the `caught` at the edge of a package. */
export class Fault extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** Runs stream work; a `Fault` or file system error in it becomes a failure, a bug is thrown on. */
export async function caught<T>(path: string, work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    return fail(failureOf(error, path));
  }
}

/** The value of a result, or its first failure as a `Fault`. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Fault(result.failures[0]);
  return result.value;
}

export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Fault({ code: 'aborted', message: 'Stopped while writing an image.' });
}

/** Returns an expected error as a failure: a `Fault`'s own, an abort, or a file system error of `path`. Throws bugs on. */
export function failureOf(error: unknown, path: string): Failure {
  if (error instanceof Fault) return error.failure;
  // It has a code as file system errors have (Node's documentation, "AbortController").
  if (error instanceof Error && error.name === 'AbortError')
    return { code: 'aborted', message: `Stopped while working on ${path}.` };
  return ioFailure(error, isErrno(error) && error.path !== undefined ? error.path : path);
}
