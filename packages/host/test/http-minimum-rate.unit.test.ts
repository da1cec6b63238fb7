import { describe, expect, it } from 'vitest';
import { MinimumRate } from '../src/http/minimum-rate';

describe('MinimumRate', () => {
  it('counts the time of waiting alone', () => {
    let now = 0;
    const rate = new MinimumRate({ slowSeconds: 10, leastBytesPerSecond: 100 }, () => now);
    const wait = (seconds: number, bytes: number): boolean => {
      rate.begin();
      now += seconds * 1000;
      return rate.keepsUp(bytes);
    };
    expect(wait(9, 1)).toBe(true);
    now += 1_000_000;
    expect(wait(1, 999)).toBe(true);
    expect(wait(10, 999)).toBe(false);
  });
});
