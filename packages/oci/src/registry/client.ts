import type { Context } from './context';
import type { RegistryOptions } from './options';
import type { Repository } from './port';
import type { RepositoryName } from './reference';
import { repositoryOf } from './repository';
import { tellingDate } from './transport/side-news';
import { openSend } from './transport/open-send';

/** A repository whose connections stay open until it is closed. */
export interface OpenRepository extends Repository {
  close(): Promise<void>;
}

/** Opens a repository of a registry. Nothing is asked of it until the first call. */
export function openRepository(name: RepositoryName, options: RegistryOptions): OpenRepository {
  const send = openSend(name, options);
  // Only ever used when something failed: most runs never open it.
  const sendAfterAbort = openSend(name, { ...options, signal: new AbortController().signal });
  const context: Context = { name, options, send: tellingDate(send, options.onDate), sendAfterAbort };
  const close = async (): Promise<void> => {
    await Promise.all([send.close(), sendAfterAbort.close()]);
  };
  return { ...repositoryOf(context), close };
}
