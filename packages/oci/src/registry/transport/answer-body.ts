import { Readable } from 'node:stream';
import { Fault } from '../../fault';
import type { RegistryTimings } from '../options';
import { Pace } from './pace';
import type { Patience } from './patience';
import { failureOf, troubleOf } from './trouble';

export interface AnswerBodyOptions {
  readonly patience: Patience;
  readonly timings: RegistryTimings;
  readonly now: () => number;
  /** For messages. */
  readonly purpose: string;
  readonly host: string;
}

/**
 * The body of an answer, to be read when the caller likes. Ends with a `Fault` (`network`, `timeout`, `aborted`)
 * where the connection breaks, no byte comes, too few come, or the run is stopped.
 */
export class AnswerBody extends Readable {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private readonly pace: Pace;
  private received = 0;

  constructor(
    private readonly source: Readable,
    private readonly options: AnswerBodyOptions,
  ) {
    super();
    this.pace = new Pace(options.timings, options.now);
    this.chunks = source[Symbol.asyncIterator]();
    // An abort may come while nobody reads: whoever reads later is told, nobody else.
    this.on('error', () => undefined);
    source.on('error', () => undefined);
  }

  override _read(): void {
    const { patience, timings } = this.options;
    patience.wait(timings.stallSeconds, `sent no byte for ${timings.stallSeconds} s`);
    this.pace.begin();
    this.chunks.next().then(
      ({ done, value }) => this.receive(done === true ? null : value),
      (error: unknown) => this.destroyed || this.destroy(this.errorOf(error)),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.options.patience.end();
    this.source.destroy();
    done(error);
  }

  private receive(chunk: Uint8Array | null): void {
    if (this.destroyed) return;
    const { patience, timings } = this.options;
    patience.rest();
    if (chunk === null) patience.end();
    else if (!this.pace.keepsUp(chunk.byteLength)) {
      patience.giveUp(`sent too few bytes in ${timings.slowSeconds} s`);
      this.destroy(this.faultOf(patience.signal.reason));
      return;
    }
    this.received += chunk?.byteLength ?? 0;
    this.push(chunk);
  }

  /** What is no fault of the connection is a bug, for whoever reads: thrown here it would reach nobody. */
  private errorOf(error: unknown): Error {
    try {
      return this.faultOf(error);
    } catch (bug) {
      return bug as Error;
    }
  }

  private faultOf(error: unknown): Error {
    const { patience, purpose, host } = this.options;
    const trouble = troubleOf(patience.signal.aborted ? patience.signal.reason : error);
    const words = `${trouble.words} after ${this.received} bytes of the answer`;
    return new Fault(failureOf({ ...trouble, words }, purpose, host, 1));
  }
}
