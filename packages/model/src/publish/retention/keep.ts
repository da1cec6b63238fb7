import type { Digest } from '../../digest';
import { expiryOf, isExpired } from '../annotations';
import { EXPIRES_ANNOTATION } from '../types';
import { listedSubject, type Graph } from './graph';
import type { ManifestNode, PruneInput } from './types';

/** Each manifest that stays, with why. */
export function keptReasons(graph: Graph, { now }: Pick<PruneInput, 'now'>): Map<Digest, string> {
  const reasons = new Map<Digest, string>();
  for (const node of graph.nodes.values()) {
    const reason = ownReason(node, graph, now);
    if (reason !== undefined) reasons.set(node.digest, reason);
  }
  const queue = [...reasons.keys()];
  for (let digest = queue.shift(); digest !== undefined; digest = queue.shift())
    for (const next of reached(digest, graph).filter((one) => graph.nodes.has(one) && !reasons.has(one))) {
      reasons.set(next, `reached from ${nameOf(digest, graph, reasons)}`);
      queue.push(next);
    }
  return reasons;
}

/** Why a manifest stays whatever else does: a tag that is no expired branch's, or that it is not to go yet. */
function ownReason({ digest, annotations }: ManifestNode, graph: Graph, now: number): string | undefined {
  const tags = graph.tagsOf(digest);
  const foreign = tags.find((tag) => !tag.startsWith('branch-') && !isListOfKnown(tag, graph));
  if (foreign !== undefined) return `tag ${foreign}`;
  if (isExpired(annotations, now)) return undefined;
  if (expiryOf(annotations) !== undefined) return `expires ${annotations[EXPIRES_ANNOTATION]}`;
  const version = annotations['org.opencontainers.image.version'];
  if (version !== undefined && graph.nodes.get(digest)?.subject === undefined) return `release ${version}`;
  const branch = tags.find((tag) => tag.startsWith('branch-'));
  return branch === undefined ? undefined : `tag ${branch}, without an expiry`;
}

/** A fallback tag stays and goes with its subject; one of a subject that nobody has seen is left alone. */
function isListOfKnown(tag: string, graph: Graph): boolean {
  const subject = listedSubject(tag);
  return subject !== undefined && graph.nodes.has(subject);
}

/** What a manifest needs: those it lists, what is attached to it, and what it is attached to itself. */
function reached(digest: Digest, graph: Graph): Digest[] {
  const { children = [], subject } = graph.nodes.get(digest) ?? {};
  const list = graph.listOf(digest);
  const others = [subject, list, graph.subjectOfList(digest)];
  return [...children, ...graph.referrersOf(digest), ...others.filter((one) => one !== undefined)];
}

/** The tag that a chain of reasons began with, as people know it. */
function nameOf(digest: Digest, graph: Graph, reasons: ReadonlyMap<Digest, string>): string {
  const [tag] = graph.tagsOf(digest);
  const inherited = /^reached from (.*)$/.exec(reasons.get(digest) ?? '');
  return inherited?.[1] ?? tag ?? digest;
}
