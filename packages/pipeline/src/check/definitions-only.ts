import type { Store } from '@image-tooling/oci';
import type { Session } from '../session';
import { loadWorkspaceFor } from '../workspace/load';

/** What reading definitions and locks needs of a session. */
export type DefinitionsSession = Pick<Session, 'root' | 'options' | 'toolSource' | 'env' | 'context'>;

/** Knows of nothing that was built, and keeps nothing: plans made with it depend on definitions and locks alone. */
const EMPTY_STORE: Pick<Store, 'getBuild' | 'getInputs'> = {
  getBuild: () => Promise.resolve(undefined),
  getInputs: () => Promise.resolve(undefined),
};

/** A session in which nothing can be fetched, run or written. */
export function definitionsOnly({ root, options, toolSource, env, context }: DefinitionsSession): Session {
  return {
    root,
    options,
    toolSource,
    env,
    context,
    store: EMPTY_STORE as Store,
    get http(): never {
      throw new Error('what only reads definitions fetched something');
    },
    workspaceFor: (name) => loadWorkspaceFor(name, root, options),
    engine: () => Promise.reject(new Error('what only reads definitions asked for an engine')),
    close: () => Promise.resolve(),
  };
}
