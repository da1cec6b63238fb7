import type { Digest, Failure } from '@image-tooling/model';
import type { TrustPolicy } from '@image-tooling/attest';
import type { RescannedImage } from '@image-tooling/scan';

export interface RescanRequest {
  /** Images of the workspace; default: all. */
  readonly names: readonly string[];
  /** Default: `latest`, `main` and all releases. */
  readonly tags?: readonly string[] | undefined;
  /** Attach nothing. */
  readonly dryRun: boolean;
  /** Whose SBOMs count; default: those of the signer in nx.json. */
  readonly trust?: TrustPolicy | undefined;
}

/** A published image on one platform, after its re-scan. */
export interface RescannedDigest extends RescannedImage {
  /** The signer of its SBOM. */
  readonly signer: string;
  /** The platform's manifest. */
  readonly digest: Digest;
  readonly repository: string;
  /** Whether the result differs from the last one, and is attached. */
  readonly attached: 'written' | 'unchanged' | 'dry-run' | 'failed';
}

/** The result of re-scanning the images of a workspace. */
export interface Rescanned {
  /** What changed, what fixes it, and how each image is now, as a table. */
  readonly lines: readonly string[];
  readonly images: readonly RescannedDigest[];
  /** What could not be re-scanned, or whose result could not be attached. */
  readonly failures: readonly Failure[];
  /** Images without a release, `latest` or `main` in the registry. */
  readonly unpublished: readonly string[];
  /** Images whose scan.json says that there is no database. */
  readonly withoutDatabase: readonly string[];
}
