import { describe, expect, it } from 'vitest';
import { retry } from '../src';

describe('retry', () => {
  it('tries until there is no pause, and says how often', async () => {
    const pauses: [number, number][] = [];
    const pause = (outcome: number, tries: number) => {
      pauses.push([outcome, tries]);
      return outcome < 30 ? 0 : undefined;
    };
    const tried = await retry(async (tries) => tries * 10, pause, new AbortController().signal);
    expect(tried).toEqual({ outcome: 30, tries: 3 });
    expect(pauses).toEqual([
      [10, 1],
      [20, 2],
      [30, 3],
    ]);
  });

  it('does not wait after an abort: the next attempt sees it', async () => {
    const stop = new AbortController();
    const attempt = async (tries: number) => (tries === 1 ? 'failed' : stop.signal.aborted && 'aborted');
    const pause = (outcome: unknown) => {
      stop.abort();
      return outcome === 'failed' ? 3600 : undefined;
    };
    expect(await retry(attempt, pause, stop.signal)).toEqual({ outcome: 'aborted', tries: 2 });
  });

  it('throws what an attempt throws', async () => {
    const attempt = () => Promise.reject(new Error('a bug'));
    await expect(retry(attempt, () => 0, new AbortController().signal)).rejects.toThrow('a bug');
  });
});
