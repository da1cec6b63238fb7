import type { Result, RunContext } from '@image-tooling/model';
import { openRepository, openUserStore, type RegistryOptions, type RepositoryName } from '@image-tooling/oci';
import { registryTimings } from './http-timings';

/** The settings of a command on a registry; it needs no workspace. */
export interface RegistryAccess {
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
  /** Use http for a registry that is not on localhost. */
  readonly plainHttp: boolean;
}

/** Opens a repository. Sends no request before the first call. */
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
 * Runs `work` under a lock of the user's store, so that one process of this machine does at a time. Fails
 * with `aborted`, `disk-full` or `io`, and as `work` does.
 */
export async function alone<T>(
  { env, context }: RegistryAccess,
  name: string,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const store = await openUserStore(env);
  return store.ok ? store.value.lock(name, context, work) : store;
}
