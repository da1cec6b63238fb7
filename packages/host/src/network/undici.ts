import type { Agent, buildConnector } from 'undici';

/** The parts of undici that we use. */
export interface Undici {
  readonly Agent: typeof Agent;
  readonly buildConnector: typeof buildConnector;
}

/**
 * Loads the files of undici that we use. All of it, with fetch, cookies, WebSocket and mocks, takes 20 ms longer to
 * load, a seventh of a `registry copy` with nothing to do.
 */
export async function loadUndici(): Promise<Undici> {
  const [agent, connector, dispatcher, api] = await Promise.all([
    import('undici/lib/dispatcher/agent.js'),
    import('undici/lib/core/connect.js'),
    import('undici/lib/dispatcher/dispatcher.js'),
    import('undici/lib/api/index.js'),
  ]);
  // As undici's index.js does: mixes the request methods into the dispatcher.
  Object.assign(dispatcher.default.prototype, api.default);
  return { Agent: agent.default, buildConnector: connector.default };
}
