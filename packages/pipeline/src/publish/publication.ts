import type {
  BlobRow,
  Digest,
  Failure,
  Platform,
  PublishMode,
  Result,
  SignedReport,
  WantedTag,
} from '@image-tooling/model';
import type { LocalBlob, ManifestBytes, Repository } from '@image-tooling/oci';
import type { PublishedManifests } from '../attest/subjects';
import type { BlobRecords } from '../pushed-blobs/blob-records';
import type { Verified } from './verify/verified';

/** A blob to push, with its name for display. */
export interface LabelledBlob {
  readonly label: string;
  readonly blob: LocalBlob;
  /** Paths of repositories in the same registry that should have it. */
  readonly mountFrom: readonly string[];
  /** Gets it into the store, from where `blob` reads it; only called if the registry lacks it. */
  readonly bring?: () => Promise<Result<void>>;
}

/** An image of one platform in this machine's store. */
export interface LocalPlatform {
  readonly manifest: ManifestBytes;
  /** Its config and all its layers. */
  readonly blobs: readonly LabelledBlob[];
}

/** One platform of a published image. */
export interface PublishedPlatform {
  readonly platform: Platform;
  /** Of the manifest that was tested. */
  readonly manifest: Digest;
  /** Why its scan keeps it from being published for the first time. */
  readonly scanFailures?: readonly Failure[];
  /** Its bytes, only read if the registry lacks them. */
  local(): Promise<Result<LocalPlatform>>;
}

/** Everything to push, planned before the first request. */
export interface Publication {
  readonly image: string;
  readonly mode: PublishMode;
  /** In the order in which they are written. */
  readonly wanted: readonly WantedTag[];
  /** Of the index. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly platforms: readonly PublishedPlatform[];
  /** Returns the commits of main that the published one does not contain, as they are now, the newest first. */
  newerCommits(): Promise<Result<readonly string[]>>;
  readonly records: BlobRecords;
  /** Whether to only report what would be written. */
  readonly dryRun: boolean;
  /**
   * Checks with a client of its own what the registry serves as this index.
   *
   * @param rows the blobs that this publish brought there
   */
  verify(index: Digest, rows: readonly BlobRow[]): Promise<Result<Verified>>;
  /** Signs what was published, and attaches its statements. Undefined: images are not signed. */
  readonly sign?: (repository: Repository, published: PublishedManifests) => Promise<Result<SignedReport>>;
}
