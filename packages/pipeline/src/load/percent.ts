import type { ProgressStep } from '@image-tooling/model';

/** Shows a step's share of bytes as its status: "42 %". */
export function percentOf(step: ProgressStep): (done: number, total: number) => void {
  return (done, total) => step.status(`${Math.floor((100 * done) / Math.max(total, 1))} %`);
}
