import type { Store } from '@image-tooling/oci';
import type { Session } from './session';
import { loadWorkspaceFor } from './workspace/load';

/** The part of a session that reading definitions and locks needs. */
export type DefinitionsSession = Pick<Session, 'root' | 'options' | 'toolSource' | 'env' | 'context'>;

/** A store without content, so that plans depend on definitions and locks alone. */
const EMPTY_STORE: Pick<Store, 'getBuild' | 'getInputs'> = {
  getBuild: () => Promise.resolve(undefined),
  getInputs: () => Promise.resolve(undefined),
};

/** Returns a session that can't fetch, run or write. */
export function definitionsOnly({ root, options, toolSource, env, context }: DefinitionsSession): Session {
  return {
    root,
    options,
    toolSource,
    env,
    context,
    version: '',
    stagesTo: undefined,
    store: EMPTY_STORE as Store,
    get http(): never {
      throw new Error('what only reads definitions fetched something');
    },
    get remoteLayers(): never {
      throw new Error('what only reads definitions asked for a layer');
    },
    workspaceFor: (name) => loadWorkspaceFor(name, root, options),
    engine: () => Promise.reject(new Error('what only reads definitions asked for an engine')),
    close: () => Promise.resolve(),
  };
}
