import { expect, it } from 'vitest';
import { estimateText } from '../src/go/build/time-left';

const MINUTE = 60_000;

it.each([
  [0, 'less than a minute'],
  [59_999, 'less than a minute'],
  [MINUTE, 'about 1 min'],
  [1.6 * MINUTE, 'about 2 min'],
  [20 * MINUTE, 'about 20 min'],
  [22 * MINUTE, 'about 20 min'],
  [23 * MINUTE, 'about 25 min'],
  [98 * MINUTE, 'about 100 min'],
])('%i ms are %s', (milliseconds, text) => expect(estimateText(milliseconds)).toBe(text));
