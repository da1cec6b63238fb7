import type { Failure, ImageVersion } from '@image-tooling/model';
import type { SettledTag } from './settle-tags';

export interface ConvergeRequest {
  /** Images of the workspace; default: all. */
  readonly names: readonly string[];
  /** Write nothing, neither to the registry nor to git. */
  readonly dryRun: boolean;
}

/** What converging did for an image. In a dry run: what it would do. */
export interface ConvergedImage {
  readonly image: string;
  readonly repository: string;
  /** The tag of the commit on main, and whether it was there. */
  readonly main: { readonly tag: string; readonly action: 'present' | 'published' };
  /** Undefined: the image has no version, since nx.json has no "firstVersion". */
  readonly release?: ConvergedRelease;
  /** Tags that were moved: `main`, and those that follow releases. */
  readonly moved: readonly SettledTag[];
  /** Bytes of layers and configs that were sent, and of those for the release alone. */
  readonly sentBlobBytes: { readonly main: number; readonly release: number };
}

export interface ConvergedRelease extends ImageVersion {
  /** Of the version in the registry and its git tag. */
  readonly action: 'present' | 'released';
  /** File with release notes, relative to the workspace. */
  readonly notes?: string;
}

export interface Converged {
  /** The commit of main. */
  readonly commit: string;
  readonly dryRun: boolean;
  /** Parents first. */
  readonly images: readonly ConvergedImage[];
  /** Of other images. */
  readonly failures: readonly Failure[];
}
