import type { RegistryTimings } from '../options';
import type { RequestBody } from './types';
import { Pace } from './pace';
import type { Patience } from './patience';

/** A connection must take a piece within the stall time: small ones, so that a slow line can. */
const PIECE_BYTES = 262_144;

/** A request's body on its way: counted, and ended where the registry takes no more of it. */
export class Upload {
  /** Bytes that were handed to the connection. */
  sentBytes = 0;
  /** Why there was no more to send: our own fault, not the registry's. */
  fault: { readonly error: unknown } | undefined;

  private answered = false;

  constructor(
    private readonly body: RequestBody,
    private readonly patience: Patience,
    private readonly timings: RegistryTimings,
    private readonly now: () => number,
  ) {}

  /** The answer has begun: what is still on its way is waited for no more. */
  answer(): void {
    this.answered = true;
    this.patience.rest();
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    const pace = new Pace(this.timings, this.now);
    const { stallSeconds, writeAnswerSeconds, slowSeconds } = this.timings;
    this.patience.rest();
    for await (const piece of this.pieces()) {
      this.wait(stallSeconds, `took no byte for ${stallSeconds} s`);
      pace.begin();
      this.sentBytes += piece.byteLength;
      yield piece;
      if (this.answered) continue;
      this.patience.rest();
      if (!pace.keepsUp(piece.byteLength)) this.patience.giveUp(`took too few bytes in ${slowSeconds} s`);
    }
    this.wait(writeAnswerSeconds, `gave no answer within ${writeAnswerSeconds} s`);
  }

  private wait(seconds: number, words: string): void {
    if (!this.answered) this.patience.wait(seconds, words);
  }

  private async *pieces(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.body.open())
        for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
    } catch (error) {
      this.fault = { error };
      throw error;
    }
  }
}
