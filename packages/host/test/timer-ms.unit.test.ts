import { expect, it } from 'vitest';
import { timerMs } from '../src';

it.each([
  [1, 1000],
  [1.1, 1100],
  [0.0001, 1],
  [1.0005, 1001],
  [1e9, 2 ** 31 - 1],
  [Infinity, 2 ** 31 - 1],
])('%d s are %d ms, which every timer takes', (seconds, ms) => {
  expect(timerMs(seconds)).toBe(ms);
  expect(() => AbortSignal.timeout(timerMs(seconds))).not.toThrow();
});
