import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { bytesObject, openFolderStore } from '@image-tooling/object-store';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { expect, it } from 'vitest';
import { sweep, Usage, type SweepLimits } from '../src/entries';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2027-01-31T12:00:00Z');
const LIMITS: SweepLimits = {
  keepMs: { trusted: 30 * DAY_MS, own: 7 * DAY_MS, named: 7 * DAY_MS },
  quota: { trusted: 1000, own: 1000, named: 1000 },
};

/** A store with objects of 100 bytes: key → age in days. */
async function storeWith(ages: Readonly<Record<string, number>>) {
  const folder = temporaryFolder();
  const store = openFolderStore(folder);
  for (const [key, age] of Object.entries(ages)) {
    valueOf(await store.put(key, bytesObject(Buffer.alloc(100))));
    utimesSync(join(folder, key), new Date(), new Date(NOW - age * DAY_MS));
  }
  const keys = async () => {
    const found: string[] = [];
    for await (const { key } of store.list('')) found.push(key);
    return found.sort();
  };
  return { store, keys };
}

it('deletes what is older than its kind is kept, also damaged objects', async () => {
  const { store, keys } = await storeWith({
    'p/trusted/10/new': 29,
    'p/trusted/10/old': 31,
    'p/own/branch/10/new': 6,
    'p/own/branch/10/old': 8,
    'p/named/laptops/10/old': 8,
    'damaged/p/trusted/10/old': 8,
    'damaged/p/trusted/10/new': 6,
  });
  const usage = new Usage();
  const result = await sweep(store, usage, LIMITS, NOW);
  expect(result).toEqual({ expired: 4, expiredBytes: 400, evicted: 0 });
  expect(await keys()).toEqual(['damaged/p/trusted/10/new', 'p/own/branch/10/new', 'p/trusted/10/new']);
  expect([usage.of('p/trusted'), usage.of('p/own/branch'), usage.total]).toEqual([100, 100, 300]);
});

it('deletes the oldest entries of a namespace that is nearly full, and of no other', async () => {
  const ages = (namespace: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${namespace}/10/${at}`, at / 10]));
  const { store, keys } = await storeWith({ ...ages('p/own/full', 10), ...ages('p/own/some', 9) });
  const usage = new Usage();
  expect(await sweep(store, usage, LIMITS, NOW)).toEqual({ expired: 0, expiredBytes: 0, evicted: 3 });
  const left = await keys();
  expect(left.filter((key) => key.startsWith('p/own/full'))).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((at) => `p/own/full/10/${at}`),
  );
  expect(left.filter((key) => key.startsWith('p/own/some'))).toHaveLength(9);
  expect(usage.of('p/own/full')).toBe(700);
});

/** In days. */
const MINUTE = 1 / 1440;
const LAYER = `sha256-${'a'.repeat(64)}`;

it('keeps a layer for as long as the result that was stored after it', async () => {
  const { store, keys } = await storeWith({
    [`p/trusted/sh/${LAYER}`]: 30 + 10 * MINUTE,
    'p/trusted/10/result': 30 - MINUTE,
    'p/own/branch/10/old': 8,
  });
  await sweep(store, new Usage(), LIMITS, NOW);
  expect(await keys()).toEqual(['p/trusted/10/result', `p/trusted/sh/${LAYER}`]);
});

it('evicts no layer before the result that was stored after it', async () => {
  const { store, keys } = await storeWith({
    [`p/trusted/sh/${LAYER}`]: 1 + 10 * MINUTE,
    'p/trusted/10/result': 1,
    'p/trusted/10/new': 0,
  });
  const quota = { ...LIMITS.quota, trusted: 300 };
  expect(await sweep(store, new Usage(), { ...LIMITS, quota }, NOW)).toMatchObject({ evicted: 2 });
  expect(await keys()).toEqual(['p/trusted/10/new']);
});

it('counts what is stored and deleted while it lists', async () => {
  const usage = new Usage();
  usage.add('p/trusted', 500);
  usage.beginListing();
  usage.add('p/trusted', 70);
  usage.endListing(new Map([['p/trusted', 400]]));
  expect([usage.of('p/trusted'), usage.total]).toEqual([470, 470]);
  expect(usage.reserve('p/trusted', 31, { namespace: 500, total: 1000 })).toBe(false);
  expect(usage.reserve('p/trusted', 30, { namespace: 500, total: 1000 })).toBe(true);
});
