import { afterAll, beforeAll, describe, it } from 'vitest';
import { startDocker } from './real-docker';
import { startPodman, startRootlessPodman, type RealEngine } from './real-engines';

const ENGINES = [
  ['podman as root', () => startPodman()],
  ['podman, rootless', startRootlessPodman],
  ['docker', startDocker],
] as const;

/** Declares a test that gets the engine; it is skipped where the engine can't be run. */
export type Check = (title: string, run: (engine: RealEngine) => void | Promise<void>) => void;

/**
 * Declares tests for each engine of this machine.
 *
 * @param prepare is called when an engine runs, before its tests
 */
export function describeEngines(
  declare: (check: Check) => void,
  prepare: (engine: RealEngine) => Promise<void> = async () => undefined,
): void {
  describe.each(ENGINES)('%s', (name, start) => {
    let engine: RealEngine | undefined;
    let reason = '';
    beforeAll(async () => {
      engine = await start().catch((error: unknown) => {
        reason = (error as Error).message;
        console.warn(`skipped: ${name} can't be run here: ${reason}`);
        return undefined;
      });
      if (engine) await prepare(engine);
    });
    afterAll(() => engine?.stop());
    declare((title, run) =>
      it(title, async (context) => {
        if (!engine) return context.skip(reason);
        await run(engine);
      }),
    );
  });
}
