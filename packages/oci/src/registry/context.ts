import type { RegistryOptions } from './options';
import type { RepositoryName } from './reference';
import type { Send } from './send';

/** What all requests to a repository share. */
export interface Context {
  readonly name: RepositoryName;
  readonly send: Send;
  /** Sends although the run was stopped; only for short clean-up. */
  readonly sendAfterAbort: Send;
  readonly options: RegistryOptions;
}

/** Actions on the repository that a token must allow. */
export const PULL = ['pull'] as const;
export const PUSH = ['pull', 'push'] as const;
export const DELETE = ['delete'] as const;
