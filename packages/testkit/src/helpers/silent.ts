import type { Progress } from '@image-tooling/model';

const nothing = (): void => undefined;

/** Progress without a display. */
export const SILENT: Progress = {
  note: nothing,
  step: () => ({ status: nothing, output: nothing, done: nothing, failed: nothing }),
};
