import { Fault, IdleTimeout, RequestFailed, type HttpTimings } from '@image-tooling/host';
import type { CacheSource } from '../sources/source';
import { Breaker } from './breaker';
import { newSourceCounts, type SourceCounts } from './statistics';

/** Seconds for one transfer in all. */
const WHOLE_SECONDS = 600;

/** A source with its breaker and its counts. */
export class Lane {
  readonly breaker = new Breaker();
  readonly counts: SourceCounts;

  constructor(
    readonly source: CacheSource,
    readonly timings: HttpTimings,
  ) {
    this.counts = newSourceCounts(source.name);
  }

  /**
   * Runs one transfer with the source. Returns undefined if it failed, which is counted; not at all if the source is
   * switched off. Rethrows bugs and faults of this machine (`isOurs`).
   */
  async transfer<T>(
    work: (timeout: IdleTimeout) => Promise<T>,
    isOurs: (error: unknown) => boolean,
  ): Promise<T | undefined> {
    if (this.breaker.isOpen) return undefined;
    const since = performance.now();
    const timeout = new IdleTimeout(this.breaker.signal);
    const whole = setTimeout(() => timeout.fire(`took more than ${WHOLE_SECONDS} s`), WHOLE_SECONDS * 1000);
    try {
      const result = await work(timeout);
      this.breaker.succeeded();
      return result;
    } catch (error) {
      if (isOurs(error)) throw error;
      this.failed(wordsOf(error, this.source.name), (performance.now() - since) / 1000);
      return undefined;
    } finally {
      clearTimeout(whole);
      timeout.end();
    }
  }

  private failed(words: string, seconds: number): void {
    if (this.breaker.isOpen) return;
    this.breaker.failed(words, seconds);
    this.counts.faults += 1;
    this.counts.lastFault = words;
    this.counts.isOff = this.breaker.isOpen;
  }
}

/** Returns what went wrong, for display. A bug in a source must not end a run either. */
export function wordsOf(error: unknown, name: string): string {
  if (error instanceof Fault) return [error.failure.message, error.failure.hint].filter(Boolean).join(' ');
  if (error instanceof RequestFailed) return `${name} ${error.error.words}`;
  return `${name} failed: ${error instanceof Error ? error.message : String(error)}`;
}
