import type { Cli } from '../cli';
import { RUNNER_HOST, SESSION_PORT, SESSION_TOKEN, type Environment } from '../environment';
import type { EnginePlace, OpenSession } from '../place/types';

/** How to open a session with an engine at a place. */
export interface Opening {
  readonly env: Environment;
  /** The time limit in seconds. */
  readonly seconds: number;
  /** The label of the progress step, if it can take long. */
  readonly label?: string;
  readonly origin: string;
  /** Beginning of the hint if it fails. */
  readonly remedy: string;
}

const SECONDS = 60;
/** An engine's image is pulled first: some 200 MB. */
const SECONDS_WITH_IMAGE = 600;
/** Addresses for which `dagger` pulls an image and starts it. */
const PULLS = /^(docker-)?image(\+[a-z]+)?:/;

export function openingOf(place: Exclude<EnginePlace, OpenSession>, cli: Cli, env: Environment): Opening {
  const { origin } = place;
  const own = { ...env, [SESSION_PORT]: undefined, [SESSION_TOKEN]: undefined, NO_COLOR: '1' };
  if (place.kind === 'runner') {
    const remedy = `Check ${RUNNER_HOST}`;
    if (!PULLS.test(place.address)) return { env: own, seconds: SECONDS, origin, remedy };
    return { env: own, seconds: SECONDS_WITH_IMAGE, label: labelFor(origin), origin, remedy };
  }
  return {
    // By itself, `dagger` would use docker even if only podman's service is running.
    env: cli.image === undefined ? own : { ...own, [RUNNER_HOST]: `image+${origin}://${cli.image}` },
    seconds: SECONDS_WITH_IMAGE,
    label: labelFor(origin),
    origin,
    remedy: `See what "${origin} ps -a" and "${origin} logs" say of the engine's container`,
  };
}

function labelFor(origin: string): string {
  return `Dagger: start the engine (${origin}; the first time its image is pulled)`;
}
