import type { Context } from '../context';
import type { RegistryOptions } from '../options';
import type { Repository } from '../port';
import type { RepositoryName } from '../reference';
import { repositoryOf } from './repository';
import { openSend } from './open-send';

/** A repository whose connections stay open until it is closed. */
export interface OpenRepository extends Repository {
  close(): Promise<void>;
}

/** Opens a repository of a registry. Sends no request before the first call. */
export function openRepository(name: RepositoryName, options: RegistryOptions): OpenRepository {
  const send = openSend(name, options);
  const { afterAbort: sendAfterAbort, close } = send;
  const context: Context = { name, options, send, sendAfterAbort };
  return { ...repositoryOf(context), close };
}
