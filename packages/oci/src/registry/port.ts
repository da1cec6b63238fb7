import type { Digest, Result } from '@image-tooling/model';
import type { Descriptor } from '../image/manifest';
import type { BlobSink } from '../layer/convert';
import type { RepositoryName } from './reference';

/** A manifest or index as the bytes that its digest is of. */
export interface ManifestBytes {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** A blob that can be read as often as it takes to send it. */
export interface LocalBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** The blob from its first byte; throws at its end where it is not what the digest says. */
  open(): AsyncIterable<Uint8Array>;
  /**
   * The same bytes, not hashed: for a registry, which hashes what it is sent. Where it finds them wrong, `open` says
   * what is. Default: `open`.
   */
  readonly openUnhashed?: () => AsyncIterable<Uint8Array>;
}

/** How a blob came to be in a repository: it was there, came from a sibling repository, or was sent. */
export type PushedHow = 'present' | 'mounted' | 'pushed';

export interface PushedBlob {
  readonly how: PushedHow;
  /** Bytes of it that were sent, those of tries that failed too. */
  readonly sentBytes: number;
  /** Wall time. */
  readonly seconds: number;
}

export interface PushBlobOptions {
  /** Paths of repositories of the same registry that may have the blob: asked to mount it from, in this order. */
  readonly mountFrom?: readonly string[];
  /** Bytes as they go out; negative when a try failed and its bytes count for nothing. */
  readonly onBytes?: (count: number) => void;
  /** Bytes in one request at most, for a registry behind a proxy that limits them. Default: 1 GiB, then 64 MiB each. */
  readonly chunkBytes?: number;
}

/** Something to attach to a manifest: an SBOM, a mark (OCI image-spec 1.1, manifest.md, "artifactType"). */
export interface Artifact {
  readonly artifactType: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Empty: the annotations say it all. */
  readonly content: readonly { readonly mediaType: string; readonly bytes: Uint8Array }[];
}

/** A manifest that names another as its subject (OCI distribution-spec 1.1, "Listing Referrers"). */
export interface Referrer extends Descriptor {
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * One repository of a registry (OCI distribution-spec 1.1). Everything that comes is hashed. All of it may fail with
 * `registry-auth`, `registry-refused`, `registry-full`, `rate-limit`, `http-status`, `network`, `timeout`, `checksum`
 * or `aborted`; a passing fault is tried again first.
 */
export interface Repository {
  readonly name: RepositoryName;
  /** What a tag or digest leads to; undefined where there is none, or no such repository. */
  headManifest(reference: string): Promise<Result<Descriptor | undefined>>;
  getManifest(reference: string): Promise<Result<ManifestBytes | undefined>>;
  /**
   * Puts a manifest by its digest, or under a tag. The registry must say the same digest. One that names a subject
   * is listed among its referrers afterwards, with the fallback tag where the registry does not do so itself.
   */
  putManifest(manifest: ManifestBytes, tag?: string): Promise<Result<void>>;
  /** False where it was not there. A registry that deletes nothing is `registry-refused`. */
  deleteManifest(digest: Digest): Promise<Result<boolean>>;
  hasBlob(digest: Digest): Promise<Result<boolean>>;
  /** Fails with `gone` where the registry has lost it. Goes on where a connection broke. */
  pullBlob(blob: Pick<Descriptor, 'digest' | 'size'>, to: BlobSink): Promise<Result<void>>;
  /**
   * A blob of this repository as one to push elsewhere: it streams, nothing of it is kept. Reading it throws where
   * `pullBlob` would fail.
   */
  blobOf(blob: Pick<Descriptor, 'digest' | 'size'>): LocalBlob;
  pushBlob(blob: LocalBlob, options?: PushBlobOptions): Promise<Result<PushedBlob>>;
  /** All tags, in the registry's order; empty where there is no such repository. */
  listTags(): Promise<Result<string[]>>;
  /** All referrers of a manifest: from the referrers API, else from the fallback tag. */
  listReferrers(subject: Digest): Promise<Result<Referrer[]>>;
  /** Attaches an artifact to a manifest that is there; the same artifact again changes nothing. Read back. */
  attach(subject: Descriptor, artifact: Artifact): Promise<Result<Descriptor>>;
}
