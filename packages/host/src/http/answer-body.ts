import { Readable } from 'node:stream';
import { MinimumRate } from './minimum-rate';
import { requestErrorOf } from './request-errors';
import type { IdleTimeout } from './timeouts';
import type { HttpTimings } from './timings';
import type { RequestError } from './types';

export interface AnswerBodyOptions {
  readonly timeout: IdleTimeout;
  readonly timings: HttpTimings;
  readonly env: NodeJS.ProcessEnv;
  readonly now: () => number;
  /** The error of a failed read. */
  readonly errorFor: (error: RequestError) => Error;
}

/**
 * The body of an answer, which the caller may read at any time. Ends with an error of `errorFor` (`network`,
 * `timeout`, `aborted`) if the connection breaks, no byte comes, too few come, or the run is stopped.
 */
export class AnswerBody extends Readable {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private readonly rate: MinimumRate;
  private received = 0;

  constructor(
    private readonly source: Readable,
    private readonly options: AnswerBodyOptions,
  ) {
    super();
    this.rate = new MinimumRate(options.timings, options.now);
    this.chunks = source[Symbol.asyncIterator]();
    // An abort without a reader must not crash: a later reader gets the error.
    this.on('error', () => undefined);
    source.on('error', () => undefined);
  }

  override _read(): void {
    const { timeout, timings } = this.options;
    timeout.start(timings.stallSeconds, `sent no byte for ${timings.stallSeconds} s`);
    this.rate.begin();
    this.chunks.next().then(
      ({ done, value }) => this.receive(done === true ? null : value),
      (error: unknown) => this.destroyed || this.destroy(this.errorOf(error)),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.options.timeout.end();
    this.source.destroy();
    done(error);
  }

  private receive(chunk: Uint8Array | null): void {
    if (this.destroyed) return;
    const { timeout, timings } = this.options;
    timeout.stop();
    if (chunk === null) timeout.end();
    else if (!this.rate.keepsUp(chunk.byteLength)) {
      timeout.fire(`sent too few bytes in ${timings.slowSeconds} s`);
      this.destroy(this.broken(timeout.signal.reason));
      return;
    }
    this.received += chunk?.byteLength ?? 0;
    this.push(chunk);
  }

  /** An error that is not the connection's is a bug; thrown here it would not reach a caller. */
  private errorOf(error: unknown): Error {
    try {
      return this.broken(error);
    } catch (bug) {
      return bug as Error;
    }
  }

  private broken(error: unknown): Error {
    const { timeout, env, errorFor } = this.options;
    const known = requestErrorOf(timeout.signal.aborted ? timeout.signal.reason : error, env);
    return errorFor({ ...known, words: `${known.words} after ${this.received} bytes of the answer` });
  }
}
