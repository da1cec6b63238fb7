import type { Digest } from '../../digest';
import type { Graph } from './graph';

/**
 * Manifests in the order in which they may be deleted. What names another by its digest goes before it, so that nothing
 * that is left lacks a part: an index before its platforms, what is attached before what it is attached to. The fallback
 * list goes between the two: as long as it is there a prune that was killed finds the rest.
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

/** What must still be there when `digest` goes. */
function laterThan(digest: Digest, graph: Graph): Digest[] {
  const listed = graph.subjectOfList(digest);
  if (listed !== undefined) return [listed];
  const { children = [], subject } = graph.nodes.get(digest) ?? {};
  const list = subject === undefined ? undefined : graph.listOf(subject);
  return [...children, subject, list].filter((one) => one !== undefined);
}
