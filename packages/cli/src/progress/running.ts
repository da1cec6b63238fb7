import { timeText } from './text';

/** A step that has not ended. */
export interface Running {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly began: number;
  status: string;
}

/** What runs, in one line. The newest first: it is what the others wait for, and the line may be cut. */
export function statusLine(running: ReadonlySet<Running>): string {
  return [...running]
    .reverse()
    .map((step) => [step.name, step.status, timeText(Date.now() - step.began)].filter(Boolean).join('  '))
    .join('  ·  ');
}
