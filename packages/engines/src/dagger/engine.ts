import type { RunContext } from '@image-tooling/model';
import type { Engine, Step } from '../port';
import type { DaggerSession } from './session';
import { placesIn, removeOrphans, runStep, type Surroundings } from './step';

export interface DaggerOptions {
  /** The store: what the engine keeps on this machine lies below `engine/dagger` in it. */
  readonly storeRoot: string;
  /** How an engine is found out that gives no sign of life. */
  readonly health?: Surroundings['health'];
}

/** The engine that a session leads to. Closing it leaves the session open. */
export function daggerEngine(session: DaggerSession, options: DaggerOptions): Engine {
  const around: Surroundings = { session, places: placesIn(options.storeRoot), health: options.health };
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  let cleared: Promise<void> | undefined;
  return {
    name: 'dagger',
    run(step: Step, { signal }: RunContext, onLine?: (line: string) => void) {
      const stop = AbortSignal.any([signal, closing.signal]);
      const result = (cleared ??= removeOrphans(around.places))
        .then(() => runStep(step, around, stop, onLine))
        .finally(() => running.delete(result));
      running.add(result);
      return result;
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}
