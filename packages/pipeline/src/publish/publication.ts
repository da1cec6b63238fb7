import type { Digest, Platform, PublishMode, Result, WantedTag } from '@image-tooling/model';
import type { LocalBlob, ManifestBytes } from '@image-tooling/oci';

/** A blob on its way, and what people are told it is. */
export interface LabelledBlob {
  readonly label: string;
  readonly blob: LocalBlob;
  /** Paths of repositories of the same registry that should have it. */
  readonly mountFrom: readonly string[];
}

/** An image of one platform as this machine's store has it. */
export interface LocalPlatform {
  readonly manifest: ManifestBytes;
  /** Its config and all its layers. */
  readonly blobs: readonly LabelledBlob[];
}

/** One platform of what is published. */
export interface PublishedPlatform {
  readonly platform: Platform;
  /** Of the manifest that was tested. */
  readonly manifest: Digest;
  /** Its bytes, asked for only where the registry lacks them. */
  local(): Promise<Result<LocalPlatform>>;
}

/** All that a registry is to be given, worked out before it is asked anything. */
export interface Publication {
  readonly image: string;
  readonly mode: PublishMode;
  /** In the order in which they are written. */
  readonly wanted: readonly WantedTag[];
  /** Of the index. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly platforms: readonly PublishedPlatform[];
  readonly places: BlobPlaces;
  /** Whether nothing is to be written, but only told. */
  readonly dryRun: boolean;
  /** Pulls all of an index with a client of its own, and tries it; gives the platforms that could be tried here. */
  readBack(index: Digest): Promise<Result<readonly Platform[]>>;
}

/** What this machine knows of where the blobs of a registry are. */
export interface BlobPlaces {
  /**
   * Runs `work` while no other publish on this machine is at the same blob, with the paths of repositories that should
   * have it; remembers the repository of this publish where it succeeds.
   */
  at<T>(digest: Digest, work: (mountFrom: readonly string[]) => Promise<Result<T>>): Promise<Result<T>>;
}
