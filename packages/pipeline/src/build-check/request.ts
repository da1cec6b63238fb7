import type { Platform } from '@image-tooling/model';

/** What to build twice more and compare. */
export interface CheckRequest {
  readonly name: string;
  readonly platform: Platform;
  /** What runs `image-tooling`, to which its arguments are added. */
  readonly launcher: readonly string[];
}
