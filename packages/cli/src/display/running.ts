import { timeText } from './text';

/** A running step. */
export interface Running {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly began: number;
  status: string;
}

/**
 * Returns running steps as one line. The newest comes first: the others wait for it, and the line may be cut.
 */
export function statusLine(running: ReadonlySet<Running>): string {
  return [...running]
    .reverse()
    .map((step) => [step.name, step.status, timeText(Date.now() - step.began)].filter(Boolean).join('  '))
    .join('  ·  ');
}
