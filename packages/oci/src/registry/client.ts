import { setMaxListeners } from 'node:events';
import type { Context } from './context';
import type { RegistryOptions } from './options';
import type { Repository } from './port';
import type { RepositoryName } from './reference';
import { repositoryOf } from './repository';
import { tellingDate } from './telling-date';
import { openSend } from './transport/open-send';

/** A repository whose connections stay open until it is closed. */
export interface OpenRepository extends Repository {
  close(): Promise<void>;
}

/** Opens a repository of a registry. Nothing is asked of it until the first call. */
export function openRepository(name: RepositoryName, options: RegistryOptions): OpenRepository {
  // Every request under way listens; that there are many is no leak.
  setMaxListeners(0, options.signal);
  const send = openSend(name, options);
  // Only ever used when something failed: most runs never open it.
  const sendAfterAbort = openSend(name, { ...options, signal: new AbortController().signal });
  const context: Context = { name, options, send: tellingDate(send, options.onDate), sendAfterAbort };
  const close = async (): Promise<void> => {
    await Promise.all([send.close(), sendAfterAbort.close()]);
  };
  return { ...repositoryOf(context), close };
}
