import { ok, type Result } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';
import type { Session } from './session';
import { toolSourceOf } from './tool-source';
import { loadOptions, loadWorkspaceFor } from './workspace/load';

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

/** Returns such a session for the workspace in a folder, with its own nx.json. Fails as reading that does. */
export async function definitionsIn(
  root: string,
  { env, context }: Pick<DefinitionsSession, 'env' | 'context'>,
): Promise<Result<Session>> {
  const options = await loadOptions(root);
  if (!options.ok) return options;
  const toolSource = toolSourceOf(options.value, env);
  if (!toolSource.ok) return toolSource;
  return ok(definitionsOnly({ root, options: options.value, toolSource: toolSource.value, env, context }));
}
