import type { RebuildMode, TrustPolicy } from '@image-tooling/attest';
import type { Platform } from '@image-tooling/model';
import type { Place } from '../registry/place';
import type { SummarySettings } from './summary-settings';

/** An image to verify, and whom to trust. */
export interface VerifyImageRequest {
  readonly place: Place;
  readonly policy: TrustPolicy;
  /** Default: all platforms. */
  readonly platform?: Platform | undefined;
  /** How to rebuild the image; undefined: it is not rebuilt. */
  readonly rebuild?: RebuildMode | undefined;
  /** A folder that may be in a clone of the workspace's repository, which a rebuild needs. */
  readonly cwd: string;
  /** A second party, whose verification summary the image needs. */
  readonly secondParty?: TrustPolicy | undefined;
  /** Attach what was found out, signed. */
  readonly attest?: SummarySettings | undefined;
}
