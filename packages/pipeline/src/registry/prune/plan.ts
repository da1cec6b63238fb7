import { prunePlan, type Deletion, type Digest, type Kept, type ManifestNode } from '@image-tooling/model';
import type { Inventory } from './inventory';

/** What would go, and what stays. */
export interface InventoryPlan {
  /** In the order in which they are safe to delete. */
  readonly deletions: readonly Deletion[];
  readonly kept: readonly Kept[];
}

/**
 * What may go of a repository.
 *
 * @param now seconds since the epoch
 */
export function planOf({ tags, manifests, goneSubjects }: Inventory, now: number): InventoryPlan {
  // As if it were there, and nothing needed it: then its list goes, and what is attached to it.
  const ghosts = [...goneSubjects].map((digest): ManifestNode => ({ digest, children: [], annotations: {} }));
  const plan = prunePlan({
    tags: [...tags].map(([tag, digest]) => ({ tag, digest })),
    nodes: [...manifests.values(), ...ghosts],
    now,
  });
  const deletions = plan.deletions
    .filter(({ digest }) => !goneSubjects.has(digest))
    .map(ofGone(goneSubjects));
  const kept = plan.kept.filter(({ digest }) => !goneSubjects.has(digest));
  return { deletions, kept };
}

/** What hung on a manifest that was gone before: "which goes" would not be true. */
function ofGone(gone: ReadonlySet<Digest>): (deletion: Deletion) => Deletion {
  return (deletion) => {
    const subject = [...gone].find((one) => deletion.reason.includes(one));
    return subject === undefined
      ? deletion
      : { ...deletion, reason: deletion.reason.replace('which is deleted', 'which is gone') };
  };
}
