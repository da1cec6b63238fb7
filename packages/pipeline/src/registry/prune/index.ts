import {
  fail,
  ok,
  type Deletion,
  type Digest,
  type Kept,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import { repositoryText, type Repository } from '@image-tooling/oci';
import { alone, openRemote } from '../../registry-access';
import type { FoundManifest } from '../found-manifest';
import { publishLock } from '../../image-repository';
import type { RegistryTarget } from '../target';
import { checkClock } from './clock';
import { deleteAll } from './delete';
import { freedBy, type Freed } from './freed';
import { readInventory, type Inventory } from './inventory';
import { planOf, type InventoryPlan } from './plan';

export interface PruneRequest {
  /** Delete; else only report. */
  readonly apply: boolean;
  /** Seconds since the epoch. Default: this machine's clock. */
  readonly now?: number;
}

/** The result of a prune. */
export interface Pruned extends Freed {
  /** `registry.example/team/tooling-k8s` */
  readonly repository: string;
  readonly applied: boolean;
  /** What was deleted, or would be. */
  readonly deletions: readonly Deletion[];
  readonly kept: readonly Kept[];
}

/** Gives up on a repository whose tags move faster than it can be read. */
const ROUNDS = 5;

/**
 * Deletes expired and unreferenced manifests of a repository, or reports them. Never deletes what a kept
 * index, release or tag refers to; can be run again if it was killed. Publishes of this machine wait; tags of
 * other machines are looked up before each deletion. Fails with `clock`, with `registry-refused` if the
 * registry deletes nothing, with `tag-taken` if it is written to all the time, and as the registry does.
 */
export async function prune(target: RegistryTarget, request: PruneRequest): Promise<Result<Pruned>> {
  const { access, repository: name } = target;
  let theirs: Date | undefined;
  const repository = openRemote(name, access, { onDate: (date) => (theirs = date) });
  const now = request.now ?? Date.now() / 1000;
  const look = () => lookThrough(repository, now, () => theirs, access.context);
  try {
    return request.apply
      ? await alone(access, publishLock(name), () => pruneNow(repository, look, target))
      : await tell(repository, look);
  } finally {
    await repository.close();
  }
}

interface Look {
  readonly inventory: Inventory;
  readonly plan: InventoryPlan;
}

/** Returns the inventory, and the plan for it. */
async function lookThrough(
  repository: Repository,
  now: number,
  theirs: () => Date | undefined,
  { progress }: RunContext,
): Promise<Result<Look>> {
  const step = progress.step(`look through ${repositoryText(repository.name)}`);
  const inventory = await readInventory(repository);
  if (!inventory.ok) {
    step.failed();
    return inventory;
  }
  step.done({ origin: 'ran' });
  const clock = checkClock(repository.name.registry, theirs(), now);
  return clock.ok ? ok({ inventory: inventory.value, plan: planOf(inventory.value, now) }) : clock;
}

async function tell(repository: Repository, look: () => Promise<Result<Look>>): Promise<Result<Pruned>> {
  const looked = await look();
  if (!looked.ok) return looked;
  const { inventory, plan } = looked.value;
  const freed = freedBy(foundIn(inventory, plan.deletions), foundIn(inventory, plan.kept));
  return ok({ repository: repositoryText(repository.name), applied: false, ...plan, ...freed });
}

async function pruneNow(
  repository: Repository,
  look: () => Promise<Result<Look>>,
  { access: { context } }: RegistryTarget,
): Promise<Result<Pruned>> {
  const text = repositoryText(repository.name);
  const deletions: Deletion[] = [];
  const gone: FoundManifest[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const looked = await look();
    if (!looked.ok) return looked;
    const { inventory, plan } = looked.value;
    const ended = await deleteAll(repository, inventory, plan.deletions, (deletion) => {
      deletions.push(deletion);
      gone.push(...foundIn(inventory, [deletion]));
      context.progress.note(`deleted ${nameOf(deletion)} of ${text}: ${deletion.reason}`);
    });
    if (!ended.ok) return ended;
    const { kept } = plan;
    if (ended.value === 'done')
      return ok({
        repository: text,
        applied: true,
        deletions,
        kept,
        ...freedBy(gone, foundIn(inventory, kept)),
      });
    context.progress.note(`${text}: a tag was written during the prune; reading everything again`);
  }
  return fail({
    code: 'tag-taken',
    message: `${text} is written to all the time: unused images can't be determined.`,
    hint: 'Run it again when nothing is being published.',
  });
}

function foundIn({ manifests }: Inventory, rows: readonly { readonly digest: Digest }[]): FoundManifest[] {
  return rows.flatMap(({ digest }) => manifests.get(digest) ?? []);
}

function nameOf({ tags, digest }: Deletion): string {
  return [...tags, digest].join(' ');
}
