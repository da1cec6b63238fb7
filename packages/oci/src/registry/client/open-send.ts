import { Fault, openHttpClient, proxiesOf } from '@image-tooling/host';
import { saysLasting } from '../answers/status-codes';
import { findCredentials } from '../auth/credentials';
import { Login } from '../auth/login';
import { withLogin } from '../auth/with-login';
import { DEFAULT_TIMINGS, type RegistryOptions } from '../options';
import type { RepositoryName } from '../reference';
import { repositoryBase, type RepositoryBase } from '../transport/base';
import { Connections } from '../transport/connections';
import { withDryRun } from '../transport/dry-run';
import { requestFailure } from '../transport/failures';
import { withRecording } from '../transport/recording';
import { Secrets } from '../transport/secrets';
import { MACHINE, type TestHooks } from '../transport/test-hooks';
import type { Send } from '../send';

/** `Send` for one repository. `close` ends its connections, also those in use; nothing can be sent afterwards. */
export type OpenSend = Send & {
  readonly base: RepositoryBase;
  /** Sends although the run was stopped, with the same login and connections; only for short clean-up. */
  readonly afterAbort: Send;
  readonly close: () => Promise<void>;
};

/**
 * Opens the client of one repository: HTTP client, recording, login and, in a dry run, a filter for writes. Sends
 * nothing before the first request.
 */
export function openSend(
  name: RepositoryName,
  options: RegistryOptions,
  testHooks: Partial<TestHooks> = {},
): OpenSend {
  const { env, signal, note } = options;
  const { random, now, ...resolving } = { ...MACHINE, ...testHooks };
  const base = repositoryBase(name, options.plainHttp);
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const secrets = new Secrets();
  secrets.add(...proxiesOf(env).secrets);
  const connections = new Connections(base.url, env, timings, resolving);
  const recording = { ...options, secrets, isHome: (url: URL) => url.origin === base.url.origin };
  const client = openHttpClient({
    ...{ env, timings, signal, random, now, saysLasting },
    ...(note && { note }),
    senderFor: (url) => connections.for(url),
    wrap: (exchange) => withRecording(exchange, recording),
    errorFor: (error, request) => new Fault(requestFailure(error, request)),
  });
  const find = () => findCredentials(name, { env, signal, timings });
  const login = new Login({ name, base, secrets, find, now, client });
  const loggedIn = withLogin(client, { login, secrets, signal, home: base.url });
  const send = options.dryRun === true ? withDryRun(loggedIn, options) : loggedIn;
  const goesOn = new AbortController().signal;
  const afterAbort: Send = (request) => send({ ...request, signal: goesOn });
  return Object.assign(send, { base, afterAbort, close: () => connections.close() });
}
