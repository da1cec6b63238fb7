import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { slowed } from '../src/registry/proxy/bodies';

it('a slowed body waits before each byte, as its rate says', async () => {
  const seen: (number | string)[] = [];
  const wait = (ms: number): Promise<void> => {
    seen.push(ms);
    return Promise.resolve();
  };
  const body = Readable.from([Buffer.from('ab'), Buffer.from('c')]);
  for await (const chunk of slowed(4, wait)(body)) seen.push(Buffer.from(chunk).toString());
  expect(seen).toEqual([250, 'a', 250, 'b', 250, 'c']);
});

it('a slowed body takes its time', async () => {
  const begin = performance.now();
  for await (const chunk of slowed(100)(Readable.from([Buffer.alloc(5)]))) expect(chunk).toHaveLength(1);
  // Timers count whole milliseconds, and may end one early.
  expect(performance.now() - begin).toBeGreaterThan(5 * 9);
});
