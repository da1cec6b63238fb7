import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '@image-tooling/model';

/**
 * Nx signals a task's programs first, and the task 0.1 s later (Nx 23.2 and 24.0, killProcessTreeGraceful).
 */
const NX_SIGNALS_WITHIN_MS = 500;

/**
 * Returns the text for a command that a signal ended; undefined if it failed. Under Nx it waits a moment for
 * the signal: a program that got it first may have exited with 1, as if it had failed.
 *
 * @param startsOver whether nothing of it is kept
 */
export async function stoppedText(
  failures: readonly Failure[],
  signal: AbortSignal,
  env: NodeJS.ProcessEnv,
  startsOver = false,
): Promise<string | undefined> {
  const advice = startsOver ? START_OVER : KEPT;
  if (env['NX_TASK_HASH'] !== undefined) await aborted(signal, NX_SIGNALS_WITHIN_MS);
  if (signal.aborted) return `Stopped. ${advice}`;
  const [first] = failures;
  return first && failures.every(({ code }) => code === 'aborted') ? `${first.message} ${advice}` : undefined;
}

const START_OVER = 'Run it again to start over.';
const KEPT = 'Finished steps are kept: run the same command to continue.';

async function aborted(signal: AbortSignal, milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
