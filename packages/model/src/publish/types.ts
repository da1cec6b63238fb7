import type { Digest } from '../digest';
import type { Platform } from '../platform';

/** The mode of a publish, which decides its tags. */
export type PublishMode =
  | { readonly kind: 'branch'; readonly branch: string; readonly slug: string }
  | { readonly kind: 'main' }
  /** `x.y.z`, or with a pre-release (`x.y.z-rc.1`), which moves no other tag. */
  | { readonly kind: 'release'; readonly version: string };

/** The commit that is published. */
export interface Commit {
  /** 40 hexadecimal digits. */
  readonly id: string;
  /** Of the committer; seconds since the epoch. */
  readonly time: number;
}

/** What git knows of a workspace. */
export interface GitFacts {
  readonly commit: Commit;
  /** Undefined if no branch is checked out. */
  readonly branch?: string;
  /** Paths with changes that are not committed, relative to the workspace; untracked ones too. */
  readonly uncommitted: readonly string[];
}

/**
 * How a tag may be written. `once`: never over another digest. `forward`: only where no higher version, or newer commit
 * of main, holds it. `always`: it follows the branch.
 */
export type TagRule = 'once' | 'forward' | 'always';

export interface WantedTag {
  readonly tag: string;
  readonly rule: TagRule;
}

/** What a registry has for the wanted tags. */
export interface TagFacts {
  /** Digests of the wanted tags that exist. */
  readonly heads: ReadonlyMap<string, Digest>;
  /**
   * By tag that follows: the higher release or newer commit that it belongs to. Undefined if the published release is
   * marked as bad: the tag stays where it is.
   */
  readonly holders: ReadonlyMap<string, PublishedTag | undefined>;
}

/** A tag of a registry, and what it points to. */
export interface PublishedTag {
  readonly tag: string;
  readonly digest: Digest;
}

/** The planned change of one tag. */
export interface TagMove {
  readonly tag: string;
  /** `same`: it is up to date. `held`: it belongs to a higher version or newer commit. */
  readonly action: 'create' | 'move' | 'same' | 'held';
  readonly from?: Digest;
  /** What is published; for `held`, what it belongs to. */
  readonly to: Digest;
  /** For `held`: the tag of the higher version or newer commit; undefined if what is published is marked as bad. */
  readonly heldBy?: string;
}

/** A blob of a publish, and how it got to the repository. */
export interface BlobRow {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** "tool layer of kubectl", "config" */
  readonly label: string;
  readonly platforms: readonly Platform[];
  readonly how: 'present' | 'mounted' | 'pushed';
  readonly sentBytes: number;
  readonly seconds: number;
}

/** publish.json: what a publish did. */
export interface PublishReport {
  readonly publishVersion: 1;
  readonly image: string;
  /** `registry.example/team/tooling-k8s` */
  readonly repository: string;
  readonly mode: PublishMode;
  readonly commit: string;
  /** Digest of the index. */
  readonly index: Digest;
  readonly platforms: readonly { readonly platform: Platform; readonly manifest: Digest }[];
  /** True if everything was up to date: nothing was written. */
  readonly unchanged: boolean;
  /** True if nothing was sent, only reported. */
  readonly dryRun: boolean;
  readonly blobs: readonly BlobRow[];
  readonly tags: readonly TagMove[];
  /** How many requests were made, logins included. */
  readonly requests: number;
  readonly sentBytes: number;
  readonly seconds: number;
  /** Blobs that were read from the registry again and hashed, before tags were written. */
  readonly readBack: { readonly blobs: number; readonly bytes: number };
  /** Platforms whose checks ran again on what the registry serves: with `--verify=full`. */
  readonly checkedAgain: readonly Platform[];
  /** Of a branch image: when it may be deleted (RFC 3339). */
  readonly expires?: string;
  /** Signatures and attestations; undefined if the image is not signed. */
  readonly signed?: SignedReport;
  /** The flag `--unsigned`. */
  readonly unsigned?: true;
}

/** The signatures and attestations of a publish. */
export interface SignedReport {
  /** The signer: a key's fingerprint, or an identity. */
  readonly signer: string;
  /** Written by this publish; in a dry run: what would be written. */
  readonly written: number;
  /** Valid ones that were there before. */
  readonly present: number;
}

/** Annotations of an index (OCI image-spec 1.1, annotations.md). Ours begin with this. */
export const EXPIRES_ANNOTATION = 'image-tooling.expires';
/** Artifact type of the mark on a bad release; its annotations hold the reason. */
export const YANK_ARTIFACT_TYPE = 'application/vnd.image-tooling.yank.v1';
export const YANK_REASON_ANNOTATION = 'image-tooling.yank.reason';

/** A file whose content, mode or kind in the work tree is not what git's index has. */
export interface CommitDifference {
  /** Relative to the workspace, as people are shown it. */
  readonly path: string;
  readonly cause: string;
  /** What to do; `<path>` stands for the path. */
  readonly fix: string;
}
