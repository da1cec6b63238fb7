import { failWith, ok, type Result } from '@image-tooling/model';
import type { StoreRun } from '../run';
import { planPrune, type Freed, type PruneRules } from './plan';
import { removePlanned } from './remove';

export { planPrune, type Freed, type FreedKind, type PruneRules } from './plan';

export interface StorePruneRequest extends PruneRules {
  /** Else it is only told what would go. */
  readonly apply: boolean;
}

export interface PrunedStore {
  readonly applied: boolean;
  readonly freed: readonly Freed[];
  /** The workspaces whose things stay. */
  readonly workspaces: readonly string[];
  /** What could not go, in words. */
  readonly stayed: readonly string[];
}

/**
 * Frees what no workspace needs that uses the store and what was not used lately, or tells what that is. Safe
 * beside builds: what they use, or made within the hour, stays. It can be stopped at any time: records go before
 * what they name. Fails with `io` or `aborted`; where a file of a workspace can't be read, with that, and removes nothing.
 */
export async function pruneStore(
  run: StoreRun,
  { apply, ...rules }: StorePruneRequest,
): Promise<Result<PrunedStore>> {
  const plan = await planPrune(run, rules);
  if (!plan.ok) return plan;
  const { freed, workspaces, unread } = plan.value;
  if (unread.length > 0) return failWith(unread);
  const stayed = apply ? await removePlanned(run, plan.value) : ok([]);
  return stayed.ok ? ok({ applied: apply, freed, workspaces, stayed: stayed.value }) : stayed;
}
