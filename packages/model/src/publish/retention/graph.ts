import type { Digest } from '../../digest';
import type { ManifestNode, PruneInput } from './types';

/**
 * Tags of what cosign attaches to a manifest (cosign, pkg/oci/remote/options.go): signatures, and the attestations and
 * SBOMs of its first versions.
 */
const ATTACHED = /^sha256-([0-9a-f]{64})\.(?:sig|att|sbom)$/;

/** The fallback tag of the referrers of a manifest (OCI distribution-spec 1.1, "Referrers Tag Schema"). */
const FALLBACK = /^sha256-([0-9a-f]{64})$/;

/** A repository's manifests, and which are attached to which. */
export interface Graph {
  readonly nodes: ReadonlyMap<Digest, ManifestNode>;
  tagsOf(digest: Digest): readonly string[];
  /** Manifests that are attached to this one. */
  referrersOf(digest: Digest): readonly Digest[];
  /** For a list of referrers under the fallback tag: the subject manifest, if it is there. */
  subjectOfList(digest: Digest): Digest | undefined;
  /** Returns the list of this manifest's referrers under the fallback tag. */
  listOf(digest: Digest): Digest | undefined;
}

export function graphOf({ tags, nodes }: Pick<PruneInput, 'tags' | 'nodes'>): Graph {
  const byDigest = new Map(nodes.map((node) => [node.digest, node]));
  const names = grouped(tags.map(({ tag, digest }) => [digest, tag]));
  const referrers = grouped(
    nodes.flatMap(({ digest, subject }) => (subject === undefined ? [] : [[subject, digest] as const])),
  );
  const lists = tags.flatMap(({ tag, digest }): [Digest, Digest][] => {
    const subject = listedSubject(tag);
    return subject !== undefined && byDigest.has(subject) ? [[subject, digest]] : [];
  });
  const listOf = new Map(lists);
  const subjectOf = new Map(lists.map(([subject, list]) => [list, subject]));
  return {
    nodes: byDigest,
    tagsOf: (digest) => names.get(digest) ?? [],
    referrersOf: (digest) => referrers.get(digest) ?? [],
    subjectOfList: (digest) => subjectOf.get(digest),
    listOf: (digest) => listOf.get(digest),
  };
}

/** Returns the manifest whose referrers a fallback tag lists; undefined for all other tags. */
export function listedSubject(tag: string): Digest | undefined {
  const match = FALLBACK.exec(tag);
  return match ? `sha256:${match[1]}` : undefined;
}

function grouped<Key, Value>(pairs: readonly (readonly [Key, Value])[]): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value]);
  return groups;
}

/** Returns the manifest that a tag of either kind is about; undefined for tags of images. */
export function attachedSubject(tag: string): Digest | undefined {
  return listedSubject(tag) ?? taggedSubject(tag);
}

/** Returns the manifest that a tag attaches something to ("sha256-….sig"); undefined for all other tags. */
export function taggedSubject(tag: string): Digest | undefined {
  const hex = ATTACHED.exec(tag)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}
