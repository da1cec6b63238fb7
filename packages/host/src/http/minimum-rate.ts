import type { HttpTimings } from './timings';

/** Measures the rate of a stream by the time spent waiting for it, so that a slow reader does not count. */
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

  /** Counts received bytes; returns false if the stream has become too slow. */
  keepsUp(bytes: number): boolean {
    this.bytes += bytes;
    this.seconds += (this.now() - this.since) / 1000;
    if (this.seconds < this.timings.slowSeconds) return true;
    const rate = this.bytes / this.seconds;
    this.bytes = this.seconds = 0;
    return rate >= this.timings.leastBytesPerSecond;
  }
}
