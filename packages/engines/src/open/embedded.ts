import type { Result, RunContext } from '@image-tooling/model';
import type { Session } from '../session/port';

export interface SessionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the store, which contains the engine's unpacked layers. */
  readonly storeRoot: string;
}

/**
 * Runs a user's command on the embedded engine. Returns its exit code. Fails with `no-engine`, and as steps
 * do.
 */
export async function runEmbedded(
  session: Session,
  options: SessionOptions,
  context: RunContext,
): Promise<Result<number>> {
  const { openBuildah } = await import('../buildah/open');
  const engine = await openBuildah(options);
  return engine.ok ? engine.value.session(session, context) : engine;
}
