import type { Platform } from '@image-tooling/model';

/** A locked package that is newer in the archive. */
export interface StalePackage {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Whether a newer version is a security update. */
  readonly security: boolean;
  readonly platforms: readonly Platform[];
}

/** What an image is based on, in a newer form than it is locked on. */
export interface StaleParent {
  /** `workspace`: its parent was locked again. `registry`: the tag of its registry image has another digest. */
  readonly where: 'workspace' | 'registry';
  /** Name of the parent, or the reference of the registry image without its digest. */
  readonly name: string;
  readonly platforms: readonly Platform[];
  /** Locked digest: of the parent's packages, or of the registry image. */
  readonly from: string;
  readonly to: string;
}

/** What an image gets from an image below it. */
export interface StaleBelow {
  readonly image: string;
  readonly packages: number;
  readonly security: number;
  readonly parents: number;
}

/** What is newer than what an image is locked to. */
export interface StaleImage {
  readonly name: string;
  /** Packages that its own lock installs. */
  readonly packages: readonly StalePackage[];
  readonly parents: readonly StaleParent[];
  /** Images below it that have newer packages or parents, nearest first. */
  readonly below: readonly StaleBelow[];
}

/** The state of a workspace's images. */
export interface StaleReport {
  /** All that were looked at, parents first. */
  readonly images: readonly StaleImage[];
  /** Time of the archive, in seconds since the epoch; undefined if no image installs packages. */
  readonly archiveTime?: number;
}
