import type { HttpTimings } from './timings';

/** Measures a stream by the time that is spent waiting for it alone: a slow reader makes no slow stream. */
export class MinimumRate {
  private bytes = 0;
  private seconds = 0;
  private since = 0;

  constructor(
    private readonly timings: Pick<HttpTimings, 'slowSeconds' | 'leastBytesPerSecond'>,
    /** Milliseconds of a monotonic clock. */
    private readonly now: () => number,
  ) {}

  begin(): void {
    this.since = this.now();
  }

  /** Counts what the wait brought; false where the stream has become too slow. */
  keepsUp(bytes: number): boolean {
    this.bytes += bytes;
    this.seconds += (this.now() - this.since) / 1000;
    if (this.seconds < this.timings.slowSeconds) return true;
    const rate = this.bytes / this.seconds;
    this.bytes = this.seconds = 0;
    return rate >= this.timings.leastBytesPerSecond;
  }
}
