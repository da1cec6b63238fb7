/** Why a reader refuses an entry, and the words for it. */
export const REFUSALS = {
  format: 'not an entry of image-tooling',
  'too-large': 'larger than 2 GB',
  'unknown-key': 'signed by a key that is not in trust/cache',
  signature: 'the signature does not match',
  hash: 'written for another task',
  repository: 'written for another repository',
  expired: 'older than "maxAge"',
  future: 'written in the future',
  size: 'more or fewer bytes than its header says',
  checksum: 'other bytes than its header says',
} as const;

export type Refusal = keyof typeof REFUSALS;
