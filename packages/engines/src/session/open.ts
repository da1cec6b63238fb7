import type { Result, RunContext } from '@image-tooling/model';
import type { Session } from './port';

export interface SessionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the store: the engine keeps its unpacked layers below it. */
  readonly storeRoot: string;
}

/** Runs a person's command on the embedded engine and gives its exit code. Fails with `no-engine`, and as steps do. */
export async function runEmbedded(
  session: Session,
  options: SessionOptions,
  context: RunContext,
): Promise<Result<number>> {
  const { openBuildah } = await import('../buildah/open');
  const engine = await openBuildah(options);
  return engine.ok ? engine.value.session(session, context) : engine;
}
