import type { Platform } from '@image-tooling/model';

/** How much a publish checks before it writes tags: what it sent, or everything, with the image's checks. */
export type VerifyMode = 'pushed' | 'full';

export const VERIFY_MODES: readonly VerifyMode[] = ['pushed', 'full'];

/** What a publish checked in the registry. */
export interface Verified {
  /** Blobs that were read from the registry and hashed. */
  readonly readBack: { readonly blobs: number; readonly bytes: number };
  /** Platforms whose checks ran again. */
  readonly checkedAgain: readonly Platform[];
}
