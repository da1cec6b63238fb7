import type { Failure } from '@image-tooling/model';

const WORDS: Readonly<Record<string, string>> = {
  'disk-full':
    'Free space there ("image-tooling store prune"), or set IMAGE_STORE to a folder on a larger disk.',
  io: 'Set IMAGE_STORE to a writable folder.',
};

/** Gives failures to write below the store's folder a hint about the store; others keep their hint. */
export function withStoreAdvice(failures: readonly Failure[], storeRoot: string): Failure[] {
  return failures.map((failure) => {
    const hint = isBelow(failure.path, storeRoot) && hasHint(failure) ? WORDS[failure.code] : undefined;
    return hint === undefined ? failure : { ...failure, hint };
  });
}

/** A file system error without a hint (a missing file) is unrelated to the place of the store. */
function hasHint({ hint }: Failure): boolean {
  return hint !== undefined;
}

function isBelow(path: string | undefined, folder: string): boolean {
  return path !== undefined && (path === folder || path.startsWith(`${folder}/`));
}
