import type { RunContext } from '@image-tooling/model';
import type { Engine, Step } from './port';

type Run = (step: Step, signal: AbortSignal, onLine?: (line: string) => void) => ReturnType<Engine['run']>;

/**
 * Returns how engines run steps and close: a step ends with its own signal or with the engine, and closing
 * waits for all.
 */
export function runningSteps(runStep: Run): Pick<Engine, 'run' | 'close'> {
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  return {
    run(step: Step, { signal }: RunContext, onLine?: (line: string) => void) {
      const stop = AbortSignal.any([signal, closing.signal]);
      const result = runStep(step, stop, onLine).finally(() => running.delete(result));
      running.add(result);
      return result;
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}
