import { MinimumRate } from './minimum-rate';
import type { IdleTimeout } from './timeouts';
import type { HttpTimings } from './timings';
import type { RequestBody } from './types';

/** The connection must accept a piece within the stall time: small enough for a slow line. */
const PIECE_BYTES = 262_144;

/** Counts a request's body while it is sent, and ends it if the server accepts no more. */
export class Upload {
  /** Bytes that were passed to the connection. */
  sentBytes = 0;
  /** Our own error in reading the body, not the server's. */
  bodyError: { readonly error: unknown } | undefined;

  private answered = false;

  constructor(
    private readonly body: RequestBody,
    private readonly timeout: IdleTimeout,
    private readonly timings: HttpTimings,
    private readonly now: () => number,
  ) {}

  /** Called when the answer has begun: the rest of the body has no time limit. */
  answer(): void {
    this.answered = true;
    this.timeout.stop();
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    const rate = new MinimumRate(this.timings, this.now);
    const { stallSeconds, writeAnswerSeconds, slowSeconds } = this.timings;
    this.timeout.stop();
    for await (const piece of this.pieces()) {
      this.wait(stallSeconds, `took no byte for ${stallSeconds} s`);
      rate.begin();
      this.sentBytes += piece.byteLength;
      yield piece;
      if (this.answered) continue;
      this.timeout.stop();
      if (!rate.keepsUp(piece.byteLength)) this.timeout.fire(`took too few bytes in ${slowSeconds} s`);
    }
    this.wait(writeAnswerSeconds, `gave no answer within ${writeAnswerSeconds} s`);
  }

  private wait(seconds: number, words: string): void {
    if (!this.answered) this.timeout.start(seconds, words);
  }

  private async *pieces(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.body.open())
        for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
    } catch (error) {
      this.bodyError = { error };
      throw error;
    }
  }
}
