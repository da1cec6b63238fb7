import { bytesOf } from '../definitions';
import { ALWAYS_GROUP } from './always';
import type { CheckInput, CheckOutcome } from './types';
import { megabytes } from './words';

/** Returns whether the image is within its size budget; without a budget, its size. */
export function judgeSize({ image, budget, compressedSize }: CheckInput): CheckOutcome {
  const limit = budget.compressed === undefined ? undefined : bytesOf(budget.compressed);
  const actual = megabytes(compressedSize);
  const outcome = { id: 'always/size', group: ALWAYS_GROUP, passed: true, actual };
  if (limit === undefined) return { ...outcome, title: `compressed size: ${actual} (no budget)` };
  const expected = `at most ${budget.compressed}`;
  const title = `compressed size: ${actual}, ${expected}`;
  if (compressedSize <= limit) return { ...outcome, title, expected };
  return {
    ...outcome,
    title,
    expected,
    passed: false,
    message: `The layers of ${image} are ${actual} compressed, ${megabytes(compressedSize - limit)} over the budget of ${budget.compressed}`,
    hint: `Remove what is not needed, or raise "budget.compressed" in ${image}'s image.json.`,
  };
}
