import type { Digest } from '../../digest';

/** A manifest that is in a repository. */
export interface ManifestNode {
  readonly digest: Digest;
  /** Manifests that it lists (an index). Undefined where it could not be read: then nothing can be said of any other. */
  readonly children?: readonly Digest[];
  /** The manifest that it is attached to. */
  readonly subject?: Digest;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What a prune goes by. All of it must be there: what is missing here counts as not in the repository. */
export interface PruneInput {
  readonly tags: readonly { readonly tag: string; readonly digest: Digest }[];
  /** What tags lead to, all that this lists, all that is attached to any of it, and what else is known to be there. */
  readonly nodes: readonly ManifestNode[];
  /** Seconds since the epoch. */
  readonly now: number;
}

/** A manifest that goes, with all its tags. */
export interface Deletion {
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** In words: "expired 2026-03-06T23:59:59Z". */
  readonly reason: string;
}

/** A manifest that stays. */
export interface Kept {
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** In words: "tag 1.2.3", "reached from main". */
  readonly reason: string;
}

export interface PrunePlan {
  /** In the order in which they are safe to delete: killed anywhere, nothing that is left lacks a part. */
  readonly deletions: readonly Deletion[];
  readonly kept: readonly Kept[];
}
