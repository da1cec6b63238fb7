import { Stopped } from './trouble';

/** An abort signal that fires on the caller's abort, or when a wait took too long. */
export class Patience {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(private readonly caller: AbortSignal) {
    if (caller.aborted) this.onAbort();
    else caller.addEventListener('abort', this.onAbort, { once: true });
  }

  private readonly onAbort = (): void => this.controller.abort(new Stopped('aborted', 'was stopped'));

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Starts the clock anew; `words` say what the other side did when it runs out: "sent no byte for 30 s". */
  wait(seconds: number, words: string): void {
    clearTimeout(this.timer);
    // An upload may still be reading its next piece when its request has ended.
    if (!this.ended) this.timer = setTimeout(() => this.giveUp(words), seconds * 1000);
  }

  /** Stops the clock: what takes time now is not the other side. */
  rest(): void {
    clearTimeout(this.timer);
  }

  giveUp(words: string): void {
    this.controller.abort(new Stopped('timeout', words));
  }

  /** Leaves nothing behind: no timer, no listener. */
  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.caller.removeEventListener('abort', this.onAbort);
  }
}
