import { prunePlan, type Deletion, type Kept, type ManifestNode } from '@image-tooling/model';
import type { Inventory } from './inventory';

/** What to delete, and what to keep. */
export interface InventoryPlan {
  /** In the order in which they are safe to delete. */
  readonly deletions: readonly Deletion[];
  readonly kept: readonly Kept[];
}

/**
 * Plans what to delete from a repository.
 *
 * @param now seconds since the epoch
 */
export function planOf({ tags, manifests, goneSubjects }: Inventory, now: number): InventoryPlan {
  // Added as an unneeded manifest, so that its list and attachments are deleted.
  const ghosts = [...goneSubjects].map((digest): ManifestNode => ({ digest, children: [], annotations: {} }));
  const plan = prunePlan({
    tags: [...tags].map(([tag, digest]) => ({ tag, digest })),
    nodes: [...manifests.values(), ...ghosts],
    gone: goneSubjects,
    now,
  });
  const deletions = plan.deletions.filter(({ digest }) => !goneSubjects.has(digest));
  const kept = plan.kept.filter(({ digest }) => !goneSubjects.has(digest));
  return { deletions, kept };
}
