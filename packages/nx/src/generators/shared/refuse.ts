import { formatFailures, type Failure } from '@image-tooling/model';

/** Ends a generator before it has written anything: Nx prints the message and exits with 1. */
export function refuse(failures: readonly Failure[]): never {
  throw new Error(formatFailures(failures));
}

/** A wrong option of a generator. */
export function usage(message: string, hint: string): Failure {
  return { code: 'usage', message, hint };
}
