import type { Result, RunContext } from '@image-tooling/model';
import { openRepository, openUserStore, type RegistryOptions, type RepositoryName } from '@image-tooling/oci';
import { registryTimings } from './http-timings';

/** What a command on a registry works with: no workspace is needed for it. */
export interface RegistryAccess {
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
  /** Speak http to a registry that is not this machine's own. */
  readonly plainHttp: boolean;
}

/** Opens a repository. Nothing is asked of it until the first call. */
export function openRemote(
  name: RepositoryName,
  access: RegistryAccess,
  more: Partial<RegistryOptions> = {},
): ReturnType<typeof openRepository> {
  const { env, context, plainHttp } = access;
  return openRepository(name, {
    env,
    signal: context.signal,
    timings: registryTimings(env),
    plainHttp,
    note: (line) => context.progress.note(line),
    exclusive: (what, work) => alone(access, what, work),
    ...more,
  });
}

/**
 * Runs `work` while no other process on this machine holds that name, by a lock of the user's store. Fails with
 * `aborted`, `disk-full` or `io`, and as `work` does.
 */
export async function alone<T>(
  { env, context }: RegistryAccess,
  name: string,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const store = await openUserStore(env);
  return store.ok ? store.value.lock(name, context, work) : store;
}
