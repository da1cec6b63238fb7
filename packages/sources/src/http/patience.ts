import type { Refusal } from './refusal';

/** An abort signal that fires on the caller's abort, or when a wait took too long. */
export class Patience {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private overdue: Refusal | undefined;

  constructor(private readonly caller: AbortSignal) {
    if (caller.aborted) this.controller.abort(caller.reason);
    caller.addEventListener('abort', this.onAbort, { once: true });
  }

  private readonly onAbort = (): void => this.controller.abort(this.caller.reason);

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Starts the clock anew. When it runs out, `refusal` says why. */
  wait(seconds: number, onTimeout: Omit<Refusal, 'code' | 'retry'>): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.overdue = { code: 'timeout', retry: true, ...onTimeout };
      this.controller.abort(new Error(onTimeout.reason));
    }, seconds * 1000);
  }

  /** Why the signal fired: the time-out, undefined where it did not; the caller's abort is thrown on. */
  refusal(): Refusal | undefined {
    if (this.caller.aborted) throw new AbortedDownload();
    return this.overdue;
  }

  end(): void {
    clearTimeout(this.timer);
    this.caller.removeEventListener('abort', this.onAbort);
  }
}

/** The caller's signal fired: ends every loop of a download at once. Never leaves packages/sources. */
export class AbortedDownload extends Error {}
