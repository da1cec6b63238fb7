import { valueOf } from '@image-tooling/testkit/helpers';
import { expect, it } from 'vitest';
import { purge } from '../src/entries';
import { RUN, storeMany } from './many';

it('200 objects from 32 clients: nothing is lost or mixed, and purge deletes all of the run', async () => {
  const { target, issuer, hashes, statusOf } = await storeMany({
    ...{ objects: 200, clients: 32, smallest: 1000, largest: 500_000 },
  });
  let deleted = 0;
  valueOf(await purge(target.store, { run: RUN }, { dryRun: false, report: () => deleted++ }));
  expect(deleted).toBe(hashes.length);
  expect(await statusOf(hashes[0]!)).toBe(404);
  await Promise.all([target.stop(), issuer.stop()]);
});
