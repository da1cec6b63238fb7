import type { Engine } from '../port';
import { runningSteps } from '../running-steps';
import type { DaggerSession } from '../dagger/session';
import { placesIn, removeOrphans, runStep, type Surroundings } from '../dagger/step';

export interface DaggerOptions {
  /** The store: local files of the engine are below `engine/dagger` in it. */
  readonly storeRoot: string;
  /** The times for detecting an engine that does not answer. */
  readonly health?: Surroundings['health'];
}

/** Returns the engine of a session. Closing the engine leaves the session open. */
export function daggerEngine(session: DaggerSession, options: DaggerOptions): Engine {
  const around: Surroundings = { session, places: placesIn(options.storeRoot), health: options.health };
  let cleared: Promise<void> | undefined;
  const steps = runningSteps(async (step, signal, onLine) => {
    await (cleared ??= removeOrphans(around.places));
    return runStep(step, around, signal, onLine);
  });
  return { name: 'dagger', ...steps };
}
