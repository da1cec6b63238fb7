import type { Digest } from '../../digest';

/** A manifest that is in a repository. */
export interface ManifestNode {
  readonly digest: Digest;
  /** Manifests that it lists (an index). Undefined if it could not be read: then nothing is deleted. */
  readonly children?: readonly Digest[];
  /** The manifest that it is attached to. */
  readonly subject?: Digest;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The input of a prune. It must be complete: what is missing here counts as not in the repository. */
export interface PruneInput {
  readonly tags: readonly { readonly tag: string; readonly digest: Digest }[];
  /** What tags point to, what those list, all attachments, and what else is known to be there. */
  readonly nodes: readonly ManifestNode[];
  /** Nodes that are no longer in the repository, though others are attached to them. */
  readonly gone?: ReadonlySet<Digest>;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** A manifest to delete, with all its tags. */
export interface Deletion {
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** In words: "expired 2026-03-06T23:59:59Z". */
  readonly reason: string;
}

/** A manifest to keep. */
export interface Kept {
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** In words: "tag 1.2.3", "referenced by main". */
  readonly reason: string;
}

export interface PrunePlan {
  /** In a safe order: whenever it is killed, nothing that is left lacks a part. */
  readonly deletions: readonly Deletion[];
  readonly kept: readonly Kept[];
}
