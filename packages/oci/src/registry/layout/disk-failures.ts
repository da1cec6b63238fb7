import type { Failure, Result } from '@image-tooling/model';

/**
 * Adds the folder and a fitting hint to disk failures: the usual hint, another IMAGE_STORE, does not apply to the
 * target of a copy.
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
      message: `No space left in the target folder ${path}.`,
      hint: 'Free space there, or name a folder on a larger disk, then copy it again. No tag refers to the incomplete copy.',
    };
  if (failure.code !== 'io') return failure;
  return {
    ...failure,
    message: `The folder ${path} can't be used: ${failure.message}.`,
    hint: 'Make it readable and writable for this user, or name another folder; the disk may be read-only.',
  };
}
