import { digestOf, hexOf } from '../../digest';
import type { Commit } from '../types';

/** Keeps tags readable; with `branch-` and the commit it is 80 of a tag's 128 characters. */
const LONGEST_SLUG = 60;
const HASH_DIGITS = 8;
/** The first digits of a commit id: what git itself shows of the largest repositories. */
const COMMIT_DIGITS = 12;

/** Ends like our hash or commit: could be the slug, or the commit's tag, of another branch. */
const LOOKS_MADE = new RegExp(`(?:^|-)(?:[0-9a-f]{${HASH_DIGITS}}|[0-9a-f]{${COMMIT_DIGITS}})$`);

/**
 * Returns a branch's name as part of a tag (OCI distribution-spec 1.1: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`),
 * at most 60 characters. A name that is not a valid tag gets digits of its hash, so that no two branches
 * share a tag: `feature-x` is itself, `feature/x` is `feature-x-` and eight digits.
 */
export function slugOf(branch: string): string {
  const slug = branch
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  if (slug === branch && slug.length <= LONGEST_SLUG && !LOOKS_MADE.test(slug)) return slug;
  const hash = hexOf(digestOf(branch)).slice(0, HASH_DIGITS);
  const head = slug.slice(0, LONGEST_SLUG - HASH_DIGITS - 1).replace(/[.-]+$/, '');
  return head === '' ? hash : `${head}-${hash}`;
}

/** Returns the commit in tags: 12 digits. */
export function shortCommit({ id }: Pick<Commit, 'id'>): string {
  return id.slice(0, COMMIT_DIGITS);
}
