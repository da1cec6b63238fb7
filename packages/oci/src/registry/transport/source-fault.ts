import { ioFailure, isErrno } from '@image-tooling/host';
import { fail, type Result } from '@image-tooling/model';
import { Fault } from '../../fault';

/** Runs a request; where the bytes it sends can't be read, that is its failure. Bugs are thrown on. */
export async function caughtSource<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) return fail(error.failure);
    if (!isErrno(error) || error.path === undefined) throw error;
    return fail(ioFailure(error, error.path));
  }
}
