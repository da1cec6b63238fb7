import type { PackageChange, Platform, SourceKind } from '@image-tooling/model';

/** A version that is newer, and not taken yet. */
export interface WaitingVersion {
  readonly version: string;
  /** From when it may be taken, in seconds since the epoch. */
  readonly until: number;
}

/** A newer version that can't be locked. */
export interface UnusableVersion {
  readonly version: string;
  /** Why, in one sentence. */
  readonly reason: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** What an update found for a tool. */
export interface ToolUpdate {
  readonly name: string;
  /** The kind of source whose list of versions was read. */
  readonly source: SourceKind;
  readonly from: string;
  /** The version that it takes; undefined if there is no newer one. */
  readonly to?: string;
  /** When that was published, in seconds since the epoch; undefined if the source does not say. */
  readonly published?: number;
  /** Why `to` is newer in the lock alone: a package of the same version, or a lock that was stale. */
  readonly relocked?: string;
  /** Newer versions that are allowed, and can't be locked; newest first. */
  readonly unusable: readonly UnusableVersion[];
  /** The newest version that the cool-down holds back. */
  readonly waiting?: WaitingVersion;
  /** The newest version, if it is a larger step than the policy allows. */
  readonly beyond?: string;
  /** Whether the policy keeps the version. */
  readonly isPinned: boolean;
  /** Images that it reaches: those that have it, and all based on them. */
  readonly images: readonly string[];
}

/** What an update found for an image. */
export interface ImageUpdate {
  readonly name: string;
  /** Debian packages of its own that are other ones now. */
  readonly packages: readonly PackageChange[];
  /** Whether it is locked again. */
  readonly isChanged: boolean;
  readonly platforms: readonly Platform[];
}

/** The result of an update. */
export interface Updated {
  readonly tools: readonly ToolUpdate[];
  readonly images: readonly ImageUpdate[];
  /** Paths of the files that were written, or would be. */
  readonly files: readonly string[];
}

/** Contents by path below the workspace. */
export type Contents = Readonly<Record<string, string>>;

/** What to do for a project: its report, and the files to write. */
export interface Planned<T> {
  readonly update: T;
  readonly files: Contents;
}
