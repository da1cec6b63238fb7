import { openUserStore, type OpenOptions } from '@image-tooling/oci';
import { ok, type Result } from '@image-tooling/model';
import type { StoreRun } from '@image-tooling/pipeline';
import { noNames } from '../../command/arguments';
import type { CommandRun } from '../../command/command';

/** Opens the store for a command that needs no workspace. Fails with `disk-full` or `io`. */
export async function storeRun(
  { env, cwd, context }: CommandRun,
  how: OpenOptions = {},
): Promise<Result<StoreRun>> {
  const store = await openUserStore(env, how);
  return store.ok ? ok({ store: store.value, env, context, cwd }) : store;
}

/**
 * Opens the store for a command that is about the whole store. Also fails with `usage` if names are given.
 */
export async function wholeStoreRun(run: CommandRun, how: OpenOptions = {}): Promise<Result<StoreRun>> {
  const none = noNames(run.given);
  return none.ok ? storeRun(run, how) : none;
}
