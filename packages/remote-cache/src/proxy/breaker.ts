import { setMaxListeners } from 'node:events';
import { RequestFailed } from '@image-tooling/host';

/** Faults one after the other, without a good answer in between, after which a source is left alone. */
const MOST_FAULTS = 3;
/** Seconds that a run may lose in all by waiting for answers that never came. */
const MOST_LOST_SECONDS = 6;

/** Switches a source off for the rest of a run when it only costs time. */
export class Breaker {
  private readonly controller = new AbortController();
  private faults = 0;
  private lostSeconds = 0;
  private last: string | undefined;

  constructor() {
    // Every request in flight listens.
    setMaxListeners(0, this.controller.signal);
  }

  /** Aborted when the source is switched off: requests in flight end at once. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get isOpen(): boolean {
    return this.signal.aborted;
  }

  /** What went wrong last; undefined if nothing did. */
  get lastFault(): string | undefined {
    return this.last;
  }

  /** Called after a good answer. */
  succeeded(): void {
    this.faults = 0;
  }

  /** Called after a fault, with what went wrong and how long that took. */
  failed(words: string, seconds: number): void {
    if (this.isOpen) return;
    this.last = words;
    this.faults += 1;
    this.lostSeconds += seconds;
    if (this.faults >= MOST_FAULTS || this.lostSeconds >= MOST_LOST_SECONDS) this.open();
  }

  open(): void {
    const words = 'is switched off for the rest of this run';
    this.controller.abort(new RequestFailed({ code: 'aborted', words, mayHaveActed: true }));
  }
}
