import { digestOf, hexOf, type Digest } from '../digest';
import { timestamp } from './annotations';
import { EXPIRES_ANNOTATION } from './types';

/** Tags of staged layers begin with this. No release or branch has such a tag. */
export const STAGED_PREFIX = 'staged-';

/** The type of a manifest that only keeps layers from a registry's garbage collection. */
export const STAGED_TYPE = 'application/vnd.image-tooling.staged.v1';

/** How the layers of an image are kept in the staging repository. */
export interface Staged {
  /** Never moved: in a month, the same layers have the same tag, manifest and expiry. */
  readonly tag: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const SECONDS_A_DAY = 86_400;
/** Of the hash of the layers: 128 bits. */
const HASH_LENGTH = 32;

/**
 * Returns the tag and the expiry of an image's staged layers. The expiry counts from the end of the month, so that
 * machines need not agree on more than the month, and a build in the next month extends it under another tag.
 *
 * @param now seconds since the epoch
 * @param days that layers are kept at least
 */
export function staged(layers: readonly Digest[], now: number, days: number): Staged {
  const date = new Date(now * 1000);
  const month = date.toISOString().slice(0, 'yyyy-mm'.length);
  const monthEnd = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / 1000;
  const hash = hexOf(digestOf(layers.join('\n'))).slice(0, HASH_LENGTH);
  return {
    tag: `${STAGED_PREFIX}${month}-${hash}`,
    annotations: { [EXPIRES_ANNOTATION]: timestamp(monthEnd + days * SECONDS_A_DAY) },
  };
}
