import type { Digest } from '../../digest';
import { expiryOf, isExpired } from '../annotations';
import { STAGED_PREFIX } from '../staged';
import { EXPIRES_ANNOTATION } from '../types';
import { attachedSubject, type Graph } from './graph';
import type { ManifestNode, PruneInput } from './types';

/** Returns each kept manifest with the reason. */
export function keptReasons(graph: Graph, { now }: Pick<PruneInput, 'now'>): Map<Digest, string> {
  const reasons = new Map<Digest, string>();
  for (const node of graph.nodes.values()) {
    const reason = ownReason(node, graph, now);
    if (reason !== undefined) reasons.set(node.digest, reason);
  }
  const queue = [...reasons.keys()];
  for (let digest = queue.shift(); digest !== undefined; digest = queue.shift())
    for (const next of reached(digest, graph).filter((one) => graph.nodes.has(one) && !reasons.has(one))) {
      reasons.set(next, `referenced by ${nameOf(digest, graph, reasons)}`);
      queue.push(next);
    }
  return reasons;
}

/** Beginnings of tags that go with their manifest once it has expired: of branches, and of staged layers. */
const EXPIRING = ['branch-', STAGED_PREFIX];

function mayExpire(tag: string): boolean {
  return EXPIRING.some((prefix) => tag.startsWith(prefix));
}

/** Returns why a manifest is kept on its own: a tag that never expires, or no expiry yet. */
function ownReason({ digest, annotations }: ManifestNode, graph: Graph, now: number): string | undefined {
  const tags = graph.tagsOf(digest);
  const foreign = tags.find((tag) => !mayExpire(tag) && !isAttachedToKnown(tag, graph));
  if (foreign !== undefined) return `tag ${foreign}`;
  if (isExpired(annotations, now)) return undefined;
  if (expiryOf(annotations) !== undefined) return `expires ${annotations[EXPIRES_ANNOTATION]}`;
  const version = annotations['org.opencontainers.image.version'];
  if (version !== undefined && graph.nodes.get(digest)?.subject === undefined) return `release ${version}`;
  const endless = tags.find(mayExpire);
  return endless === undefined ? undefined : `tag ${endless}, without an expiry`;
}

/** Tags of attachments are kept or deleted with their subject; those of an unknown subject are kept. */
function isAttachedToKnown(tag: string, graph: Graph): boolean {
  const subject = attachedSubject(tag);
  return subject !== undefined && graph.nodes.has(subject);
}

/** Returns what a manifest refers to: manifests that it lists, its attachments, and its subject. */
function reached(digest: Digest, graph: Graph): Digest[] {
  const { children = [], subject } = graph.nodes.get(digest) ?? {};
  const list = graph.listOf(digest);
  const others = [subject, list, graph.subjectOfList(digest)];
  return [...children, ...graph.referrersOf(digest), ...others.filter((one) => one !== undefined)];
}

/** Returns the tag that a chain of reasons began with. */
function nameOf(digest: Digest, graph: Graph, reasons: ReadonlyMap<Digest, string>): string {
  const [tag] = graph.tagsOf(digest);
  const inherited = /^referenced by (.*)$/.exec(reasons.get(digest) ?? '');
  return inherited?.[1] ?? tag ?? digest;
}
