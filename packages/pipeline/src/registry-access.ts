import type { Result, RunContext, WorkspaceOptions } from '@image-tooling/model';
import {
  openRepository,
  openUserStore,
  type RegistryOptions,
  type Repository,
  type RepositoryName,
} from '@image-tooling/oci';
import { registryTimings } from './http-timings';

/** The settings of a command on a registry; it needs no workspace. */
export interface RegistryAccess {
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
  /** Use http for a registry that is not on localhost. */
  readonly plainHttp: boolean;
}

/** The part of a session that has its settings for registries. */
export interface WorkspaceAccess extends Pick<RegistryAccess, 'env' | 'context'> {
  readonly options: Pick<WorkspaceOptions, 'plainHttp'>;
}

/** Returns the settings of a workspace, for the registry that it publishes to. */
export function registryAccess({ env, context, options }: WorkspaceAccess): RegistryAccess {
  return { env, context, plainHttp: options.plainHttp };
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

/** Runs `work` with a client of its own for a repository of a workspace, and closes its connections afterwards. */
export async function withRemote<T>(
  session: WorkspaceAccess,
  name: RepositoryName,
  work: (repository: Repository) => Promise<T>,
  more: Partial<RegistryOptions> = {},
): Promise<T> {
  const repository = openRemote(name, registryAccess(session), more);
  try {
    return await work(repository);
  } finally {
    await repository.close();
  }
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
