import { ok, type Result } from '@image-tooling/model';
import { openObjectStore, type ObjectStore } from '@image-tooling/object-store';
import { openAuthorizer } from '../access';
import type { Settings } from '../config';
import { Entries, removeLeftFiles, Usage } from '../entries';
import { listen, type Context } from '../http';
import { Metrics, type Log } from '../report';
import { readinessOf } from './readiness';
import { startSweeping } from './sweeper';
import { checkWriteOnce } from './write-once';

export interface ServeOptions {
  readonly settings: Settings;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  /** See `AuthorizerOptions`. */
  readonly cooldownMs?: number;
}

/** A running server. */
export interface Running {
  readonly port: number;
  /** The first listing of the storage, after which quotas count all entries. */
  readonly counted: Promise<void>;
  /** Stops it; running requests may end. */
  stop(): Promise<void>;
}

/** Starts the server. Fails as the storage does, or with `io` if it can't listen. */
export async function serve(options: ServeOptions): Promise<Result<Running>> {
  const { settings, env, log } = options;
  const store = openObjectStore(settings.config.storage, { env });
  if (!store.ok) return store;
  const isOnce = await checkWriteOnce(store.value);
  if (!isOnce.ok) return isOnce;
  await removeLeftFiles(settings.temporary);
  const context = contextOf(options, store.value);
  const listening = await listen(context, settings);
  if (!listening.ok) return listening;
  const { usage, metrics } = context;
  const sweeper = startSweeping({ store: store.value, usage, metrics, log, config: settings.config });
  const { port } = listening.value;
  log('info', 'listening', { host: settings.host, port, storage: store.value.name });
  return ok({
    port,
    counted: sweeper.first,
    async stop() {
      log('info', 'stopping');
      const ended = await listening.value.stop();
      sweeper.end();
      await sweeper.first;
      await Promise.all([context.authorizer.close(), store.value.close()]);
      log('info', 'stopped', { endedRequests: ended });
    },
  });
}

function contextOf({ settings, env, log, cooldownMs }: ServeOptions, store: ObjectStore): Context {
  const { config, tokens, temporary } = settings;
  const metrics = new Metrics();
  const onDamage = (key: string, failure: { readonly message: string } | undefined): void => {
    metrics.damaged.add({});
    log('error', 'damaged', { key, detail: failure?.message });
  };
  return {
    ...{ config, metrics, log, temporary, usage: new Usage(), isReady: readinessOf(store) },
    authorizer: openAuthorizer({ config, tokens, env, ...(cooldownMs !== undefined && { cooldownMs }) }),
    entries: new Entries({ store, folder: temporary, onDamage }),
  };
}
