import type { Digest } from '../../digest';
import { EXPIRES_ANNOTATION } from '../types';
import { graphOf, type Graph } from './graph';
import { keptReasons } from './keep';
import { deletionOrder } from './order';
import type { Deletion, Kept, ManifestNode, PruneInput, PrunePlan } from './types';

export { attachedSubject, taggedSubject } from './graph';
export type * from './types';

/**
 * Plans what to delete from a repository: expired branch images, and what no tag and nothing kept refers to.
 * Keeps everything that a kept index, release or attached manifest refers to, and each manifest with a tag
 * that is not of an expired branch, because registries delete a manifest with all its tags. Deletes nothing
 * if a manifest could not be read.
 */
export function prunePlan(input: PruneInput): PrunePlan {
  const graph = graphOf(input);
  const unread = input.nodes.find(({ children }) => children === undefined);
  if (unread !== undefined) return keepAll(graph, unread);
  const reasons = keptReasons(graph, input);
  const unneeded = new Set([...graph.nodes.keys()].filter((digest) => !reasons.has(digest)));
  return {
    deletions: deletionOrder(unneeded, graph).map((digest) => deletionOf(digest, graph, input.gone)),
    kept: [...reasons].map(([digest, reason]) => keptOf(digest, reason, graph)),
  };
}

function keepAll(graph: Graph, { digest }: ManifestNode): PrunePlan {
  const name = graph.tagsOf(digest)[0] ?? digest;
  const reason = `${name} could not be read, and may need it`;
  return { deletions: [], kept: [...graph.nodes.keys()].map((one) => keptOf(one, reason, graph)) };
}

function keptOf(digest: Digest, reason: string, graph: Graph): Kept {
  return { digest, tags: graph.tagsOf(digest), reason };
}

function deletionOf(digest: Digest, graph: Graph, gone: PruneInput['gone']): Deletion {
  return { digest, tags: graph.tagsOf(digest), reason: reasonFor(digest, graph, gone) };
}

function reasonFor(digest: Digest, graph: Graph, gone: PruneInput['gone']): string {
  const { annotations, subject } = graph.nodes.get(digest) as ManifestNode;
  const expires = annotations[EXPIRES_ANNOTATION];
  if (expires !== undefined) return `expired ${expires}`;
  const fate = (one: Digest): string => `${one}, which is ${gone?.has(one) ? 'gone' : 'deleted'}`;
  if (subject !== undefined) return `attached to ${fate(subject)}`;
  const listed = graph.subjectOfList(digest);
  return listed === undefined
    ? 'nothing that is kept refers to it'
    : `lists what is attached to ${fate(listed)}`;
}
