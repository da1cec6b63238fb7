import { RequestFailed } from './request-errors';

/** An abort signal that fires on the caller's abort, or when a wait takes too long. */
export class IdleTimeout {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(private readonly caller: AbortSignal) {
    if (caller.aborted) this.onAbort();
    else caller.addEventListener('abort', this.onAbort, { once: true });
  }

  private readonly onAbort = (): void =>
    this.controller.abort(new RequestFailed({ code: 'aborted', words: 'was stopped', mayHaveActed: true }));

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Restarts the timer; `words` describe the time-out: "sent no byte for 30 s". */
  start(seconds: number, words: string): void {
    clearTimeout(this.timer);
    // An upload may still read its next piece after its request has ended.
    if (!this.ended) this.timer = setTimeout(() => this.fire(words), seconds * 1000);
  }

  /** Stops the timer while we don't wait for the other side. */
  stop(): void {
    clearTimeout(this.timer);
  }

  fire(words: string): void {
    this.controller.abort(new RequestFailed({ code: 'timeout', words, mayHaveActed: true }));
  }

  /** Removes the timer and the listener. */
  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.caller.removeEventListener('abort', this.onAbort);
  }
}
