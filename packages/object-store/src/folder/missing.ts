import { isErrno } from '@image-tooling/host';

/** Returns `value` if an error says that there is no file; rethrows others. */
export function ignoreMissing<T>(error: unknown, value: T): T {
  if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return value;
  throw error;
}
