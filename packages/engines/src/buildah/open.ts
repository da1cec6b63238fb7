import { userInfo } from 'node:os';
import { ok, type Result, type RunContext } from '@image-tooling/model';
import type { Engine } from '../port';
import type { Session } from '../session/port';
import { runningSteps } from '../running-steps';
import { configure, hostEnv } from './configuration';
import { removeOrphans } from './leftovers';
import { placesIn } from './places';
import { checkPrerequisites } from './prerequisites';
import type { OverlayKind } from './rootfs';
import { runSession, type SessionSurroundings } from './session';
import { runStep, type Surroundings } from './step';

export interface BuildahOptions {
  /** The store: all files of the engine are below `engine/buildah` in it. */
  readonly storeRoot: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: the kernel's overlay if it works, else fuse-overlayfs. */
  readonly overlay?: OverlayKind;
}

export interface BuildahEngine extends Engine {
  readonly version: string;
  /** Runs a user's command with this process's terminal or streams. Returns its exit code. */
  session(session: Session, context: RunContext): Promise<Result<number>>;
}

/**
 * Opens the buildah engine: checks its requirements, and removes leftovers of killed processes. Fails with
 * `no-engine` for everything that is missing.
 */
export async function openBuildah(options: BuildahOptions): Promise<Result<BuildahEngine>> {
  const places = placesIn(options.storeRoot);
  const env = hostEnv(options.env, places);
  const { uid, username } = userInfo();
  const configured = await configure(places);
  if (!configured.ok) return configured;
  const checked = await checkPrerequisites(env, { id: uid, name: username });
  if (!checked.ok) return checked;
  const around: Surroundings = { places, env, isRoot: uid === 0, overlay: options.overlay };
  await removeOrphans(around);
  const terminalType = options.env['TERM'] ?? 'xterm';
  return ok(engineOf({ ...around, terminalType }, checked.value.version));
}

function engineOf(around: SessionSurroundings, version: string): BuildahEngine {
  const steps = runningSteps((step, signal, onLine) => runStep(step, around, signal, onLine));
  return {
    name: 'buildah',
    version,
    ...steps,
    session: (session, { signal }) => runSession(session, around, signal),
  };
}
