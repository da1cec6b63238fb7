import { fail, ok, type Result } from '@image-tooling/model';
import type { Environment } from '../environment';
import { lookForDocker } from './docker';
import { lookForSession } from './open-session';
import { lookForPodman } from './podman';
import { lookForRunner } from './runner';
import type { EnginePlace, Look, Nothing } from './types';

export type * from './types';

/** In this order: engines in the environment, then those on the machine. */
const LOOKS: readonly Look[] = [lookForSession, lookForRunner, lookForDocker, lookForPodman];

export interface FoundPlace {
  /** Undefined if there is no engine. */
  readonly place?: EnginePlace;
  /** The places that were tried before it, and why each has no engine. */
  readonly passed: readonly Nothing[];
}

/**
 * Returns the first place with a Dagger engine. Fails with `no-engine` or `usage` if the environment names an
 * engine that can't be used, and with `aborted`. Takes 5 s at most for each place.
 */
export async function findPlace(env: Environment, signal?: AbortSignal): Promise<Result<FoundPlace>> {
  const passed: Nothing[] = [];
  for (const look of LOOKS) {
    const looked = await look(env, signal);
    if (signal?.aborted) return fail({ code: 'aborted', message: 'Stopped while looking for an engine.' });
    if (!looked.ok) return looked;
    if (looked.value.found) return ok({ place: looked.value.found, passed });
    passed.push(looked.value.nothing);
  }
  return ok({ passed });
}
