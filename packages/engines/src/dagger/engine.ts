import type { Engine } from '../port';
import { runningSteps } from '../running-steps';
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
  let cleared: Promise<void> | undefined;
  const steps = runningSteps(async (step, signal, onLine) => {
    await (cleared ??= removeOrphans(around.places));
    return runStep(step, around, signal, onLine);
  });
  return { name: 'dagger', ...steps };
}
