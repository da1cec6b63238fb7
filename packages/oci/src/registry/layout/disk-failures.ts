import type { Failure, Result } from '@image-tooling/model';

/**
 * Says of failures of the disk which folder they are about, and what to do: the usual advice, another IMAGE_STORE,
 * would not move a folder that is copied to.
 */
export function withFolder<T>(path: string, result: Result<T>): Result<T> {
  if (result.ok) return result;
  const [first, ...others] = result.failures.map((failure) => inWords(path, failure));
  return { ok: false, failures: [first as Failure, ...others] };
}

function inWords(path: string, failure: Failure): Failure {
  if (failure.code === 'disk-full')
    return {
      code: 'disk-full',
      message: `No space left in the folder ${path}, which is copied to.`,
      hint: 'Free space there, or name a folder on a larger disk. No tag leads to what is incomplete: copy it again.',
    };
  if (failure.code !== 'io') return failure;
  return {
    ...failure,
    message: `The folder ${path} can't be used: ${failure.message}.`,
    hint: 'Let this user read and write it, or name another folder; the disk may be read-only.',
  };
}
