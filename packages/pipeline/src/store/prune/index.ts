import { failWith, ok, type Result } from '@image-tooling/model';
import type { StoreRun } from '../run';
import { planPrune, type Freed, type PruneRules } from './plan';
import { removePlanned } from './remove';

export { planPrune, type Freed, type FreedKind, type PruneRules } from './plan';

export interface StorePruneRequest extends PruneRules {
  /** Delete; else only report. */
  readonly apply: boolean;
}

export interface PrunedStore {
  readonly applied: boolean;
  readonly freed: readonly Freed[];
  /** The workspaces whose needs are kept. */
  readonly workspaces: readonly string[];
  /** What could not be removed, as text. */
  readonly stayed: readonly string[];
}

/**
 * Removes what no workspace of the store needs and was not used recently, or reports it. Safe during builds:
 * keeps what they use or made within the hour. Can be stopped at any time: records are removed before what
 * they name. Fails with `io` or `aborted`; if a file of a workspace can't be read, fails with that and
 * removes nothing.
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
