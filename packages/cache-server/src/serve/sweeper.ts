import { failureOf } from '@image-tooling/host';
import type { ObjectStore } from '@image-tooling/object-store';
import type { Config } from '../config';
import { sweep, type SweepLimits, type Usage } from '../entries';
import type { Log, Metrics } from '../report';

const HOUR_MS = 3_600_000;

export interface SweeperOptions {
  readonly store: ObjectStore;
  readonly usage: Usage;
  readonly config: Config;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Sweeps the store now and each hour. Returns the first sweep, which never rejects, and a function that ends it. */
export function startSweeping(options: SweeperOptions): { readonly first: Promise<void>; end(): void } {
  const timer = setInterval(() => void sweepOnce(options), HOUR_MS);
  timer.unref();
  return { first: sweepOnce(options), end: () => clearInterval(timer) };
}

async function sweepOnce({ store, usage, config, metrics, log }: SweeperOptions): Promise<void> {
  try {
    const { expired, expiredBytes, evicted } = await sweep(store, usage, limitsOf(config), Date.now());
    metrics.deleted.add({ why: 'age' }, expired);
    metrics.deleted.add({ why: 'room' }, evicted);
    log('info', 'sweep', { expired, expiredBytes, evicted, storedBytes: usage.total });
  } catch (error) {
    log('error', 'sweep-failed', { detail: failureOf(error, store.name).message });
  }
}

function limitsOf({ keep, limits }: Config): SweepLimits {
  return {
    keepMs: { trusted: keep.trusted, own: keep.own, named: keep.own },
    quota: { trusted: limits.trusted, own: limits.own, named: limits.own },
  };
}
