import type { Digest, Result } from '@image-tooling/model';
import type { Descriptor } from '../image/manifest';
import type { BlobSink } from '../layer/convert';
import type { RepositoryName } from './reference';

/** The bytes of a manifest or index, with its digest. */
export interface ManifestBytes {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** A blob that can be read repeatedly, for retries. */
export interface LocalBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Reads the blob from its first byte; throws at its end if it does not match the digest. */
  open(): AsyncIterable<Uint8Array>;
  /**
   * Reads the same bytes without a check: for a registry, which hashes them itself. After a mismatch, `open` shows
   * whether ours are wrong. Default: `open`.
   */
  readonly openUnhashed?: () => AsyncIterable<Uint8Array>;
}

/** How a blob got into a repository: it was there, was mounted from a sibling repository, or was sent. */
export type PushedHow = 'present' | 'mounted' | 'pushed';

export interface PushedBlob {
  readonly how: PushedHow;
  /** Bytes that were sent, including those of failed attempts. */
  readonly sentBytes: number;
  /** Wall time. */
  readonly seconds: number;
}

export interface PushBlobOptions {
  /** Paths of repositories of the same registry that may have the blob, to mount it from, in this order. */
  readonly mountFrom?: readonly string[];
  /**
   * Called if the repository lacks the blob and could not mount it, before its first byte is read: to get it here. Not
   * called in a dry run. If it fails, so does the push.
   */
  readonly beforeSending?: () => Promise<Result<void>>;
  /** Called with the bytes as they are sent; with a negative number when a failed attempt loses its bytes. */
  readonly onBytes?: (count: number) => void;
  /**
   * The maximum size of a request in bytes, for a registry behind a proxy that limits it. Default: 1 GiB, then 64 MiB
   * each.
   */
  readonly chunkBytes?: number;
}

/** Something to attach to a manifest: an SBOM, a mark (OCI image-spec 1.1, manifest.md, "artifactType"). */
export interface Artifact {
  readonly artifactType: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Empty if the annotations are all there is. */
  readonly content: readonly { readonly mediaType: string; readonly bytes: Uint8Array }[];
}

/** A manifest that names another as its subject (OCI distribution-spec 1.1, "Listing Referrers"). */
export interface Referrer extends Descriptor {
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * One repository of a registry (OCI distribution-spec 1.1). All received content is hashed. All methods may fail with
 * `registry-auth`, `registry-refused`, `registry-full`, `rate-limit`, `http-status`, `network`, `timeout`, `checksum`
 * or `aborted`; temporary errors are retried first.
 */
export interface Repository {
  readonly name: RepositoryName;
  /** Returns the descriptor of a tag or digest; undefined if missing, or no such repository. */
  headManifest(reference: string): Promise<Result<Descriptor | undefined>>;
  getManifest(reference: string): Promise<Result<ManifestBytes | undefined>>;
  /**
   * Puts a manifest by digest or tag. The registry must confirm the digest. A manifest with a subject is then listed
   * among the referrers of that subject, in the fallback tag if the registry does not do so itself.
   */
  putManifest(manifest: ManifestBytes, tag?: string): Promise<Result<void>>;
  /** Returns false if it was not there. Fails with `registry-refused` if the registry does not delete. */
  deleteManifest(digest: Digest): Promise<Result<boolean>>;
  hasBlob(digest: Digest): Promise<Result<boolean>>;
  /**
   * Checks without reading it that a blob is there in its size, as far as the registry states one. Fails with `gone` or
   * `checksum`.
   */
  expectBlob(blob: Pick<Descriptor, 'digest' | 'size'>): Promise<Result<void>>;
  /** Reads all bytes of a blob, hashes them, and keeps nothing. Fails as `pullBlob` does. */
  verifyBlob(blob: Pick<Descriptor, 'digest' | 'size'>): Promise<Result<void>>;
  /** Fails with `gone` if the registry has no such blob. Resumes after a broken connection. */
  pullBlob(blob: Pick<Descriptor, 'digest' | 'size'>, to: BlobSink): Promise<Result<void>>;
  /**
   * Returns a blob of this repository that can be pushed elsewhere: it is streamed and not stored. Reading it throws
   * if `pullBlob` would fail.
   */
  blobOf(blob: Pick<Descriptor, 'digest' | 'size'>): LocalBlob;
  pushBlob(blob: LocalBlob, options?: PushBlobOptions): Promise<Result<PushedBlob>>;
  /** Returns all tags, in the registry's order; [] if there is no such repository. */
  listTags(): Promise<Result<string[]>>;
  /** Returns all referrers of a manifest: from the referrers API, else from the fallback tag. */
  listReferrers(subject: Digest): Promise<Result<Referrer[]>>;
  /** Attaches an artifact to an existing manifest and checks that it is listed; attaching it twice changes nothing. */
  attach(subject: Descriptor, artifact: Artifact): Promise<Result<Descriptor>>;
  /**
   * Removes attachments of a manifest. Fails with `registry-refused` if the registry does not delete; then they may be
   * listed no more.
   */
  detach(subject: Digest, referrers: readonly Digest[]): Promise<Result<void>>;
}
