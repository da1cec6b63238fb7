import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mapConcurrent } from '../src';

it('maps in order, no more at once than asked for', async () => {
  let [inside, most] = [0, 0];
  const results = await mapConcurrent(
    [...Array(50).keys()],
    async (item, at) => {
      most = Math.max(most, ++inside);
      await turn();
      inside--;
      return item * 10 + at - item;
    },
    7,
  );
  expect(results).toEqual([...Array(50).keys()].map((item) => item * 10));
  expect(most).toBe(7);
  expect(await mapConcurrent([], async () => 1)).toEqual([]);
});

it('ends with the first error, and starts no more', async () => {
  const begun: number[] = [];
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    await turn();
    if (item === 2) throw new Error('broken');
  };
  await expect(mapConcurrent([1, 2, 3, 4, 5, 6], work, 2)).rejects.toThrow('broken');
  await turn();
  expect(begun.length).toBeLessThan(5);
});
