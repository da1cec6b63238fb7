import type { Digest } from '../digest';

/** A commit of the main branch: `git log --first-parent`, each merge is one commit. */
export interface MainCommit {
  readonly id: string;
  /** Changed paths compared with its first parent, relative to the workspace. */
  readonly paths: readonly string[];
}

/** A commit that a commit of main brought: itself, or one of a merged branch. */
export interface MergedCommit {
  readonly message: string;
  /** Changed paths, relative to the workspace. */
  readonly paths: readonly string[];
}

/** An image at a commit. */
export interface ImageState {
  /** Identity of all layers and the config, on all platforms. Undefined: the commit does not have the image. */
  readonly plan: Digest | undefined;
  /** Folders and files that decide it: its own, those of its tools, its parents and their tools. */
  readonly madeOf: readonly string[];
  /** "firstVersion" of nx.json. Undefined: no releases. */
  readonly firstVersion: string | undefined;
}

/** What decides versions of an image: the history of main, and git tags on it. All methods may throw faults. */
export interface ImageHistory {
  /** Returns a commit of main: 0 is the newest; undefined behind the first. */
  commit(at: number): Promise<MainCommit | undefined>;
  /** Returns what a commit of main brought. */
  merged(id: string): Promise<readonly MergedCommit[]>;
  /** Returns the image at a commit; undefined if its definitions can't be read today. */
  state(id: string): Promise<ImageState | undefined>;
  /** The highest version among tags of the image on commits of main. */
  readonly last: TaggedVersion | undefined;
}

export interface TaggedVersion {
  readonly version: string;
  readonly commit: string;
}

/** The version of an image at a commit of main. */
export interface ImageVersion extends TaggedVersion {
  /** The version that it follows; undefined for the first one. */
  readonly previous?: string;
  /** Whether it has its git tag: the release is complete. */
  readonly isTagged: boolean;
}
