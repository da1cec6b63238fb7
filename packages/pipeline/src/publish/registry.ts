import {
  openRepository,
  type RegistryOptions,
  type RepositoryName,
  type RequestRecord,
} from '@image-tooling/oci';
import { registryTimings } from '../http-timings';
import type { Session } from '../session';

export interface RegistryUse {
  /** Reads are made, writes only recorded. */
  readonly dryRun: boolean;
  readonly onRequest?: (record: RequestRecord) => void;
}

/** Opens a repository with this run's environment, patience and stop signal. */
export function openSessionRepository(
  session: Session,
  name: RepositoryName,
  { dryRun, onRequest }: RegistryUse,
): ReturnType<typeof openRepository> {
  const { env, options, store, context } = session;
  const settings: RegistryOptions = {
    env,
    signal: context.signal,
    timings: registryTimings(env),
    plainHttp: options.plainHttp,
    dryRun,
    note: (line) => context.progress.note(line),
    exclusive: (what, work) => store.lock(what, context, work),
    ...(onRequest && { onRequest }),
  };
  return openRepository(name, settings);
}
