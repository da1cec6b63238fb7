import type { Digest } from '../../digest';
import type { Graph } from './graph';

/**
 * Manifests in the order in which they may be deleted. Referring manifests come first, so that nothing that
 * is left lacks a part: an index before its platforms, attachments before their subject. The fallback list
 * comes between the two, so that a prune finds the rest after it was killed.
 */
export function deletionOrder(digests: ReadonlySet<Digest>, graph: Graph): Digest[] {
  const order: Digest[] = [];
  const seen = new Set<Digest>();
  const visit = (digest: Digest): void => {
    if (seen.has(digest) || !digests.has(digest)) return;
    seen.add(digest);
    laterThan(digest, graph).forEach(visit);
    order.unshift(digest);
  };
  [...digests].sort().reverse().forEach(visit);
  return order;
}

/** Returns what must still be there when `digest` is deleted. */
function laterThan(digest: Digest, graph: Graph): Digest[] {
  const listed = graph.subjectOfList(digest);
  if (listed !== undefined) return [listed];
  const { children = [], subject } = graph.nodes.get(digest) ?? {};
  const list = subject === undefined ? undefined : graph.listOf(subject);
  return [...children, subject, list].filter((one) => one !== undefined);
}
