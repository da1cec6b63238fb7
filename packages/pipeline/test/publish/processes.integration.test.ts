import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { describeKilledPublishers, KINDS_OF_WRITES, WRITE, WRITES } from './killed-publishers';
import { Publishers } from './publisher-process';
import { runDelivery } from './rig';
import { Surroundings } from './surroundings';

// The numbers are those of docs/evidence/registry.md, "Faults".
let at: Surroundings;
let publishers: Publishers;
beforeAll(async () => {
  at = await Surroundings.open();
  publishers = await Publishers.open();
});
afterAll(async () => {
  await at.close();
  await publishers.close();
});
beforeEach(() => {
  at.proxy.heal();
  at.proxy.forget();
});

describe('a publisher', () => {
  it('makes as many writes as the tests below, and those of npm run test:e2e, stop', async () => {
    await publishers.run(await at.plan());
    expect(at.proxy.asked({ method: WRITE })).toHaveLength(WRITES);
  });
});

describeKilledPublishers(
  KINDS_OF_WRITES,
  () => at,
  () => publishers,
);

describe('place and time', () => {
  it('24: a clock that is a year off gives the same index', async () => {
    const plan = await at.plan('1.2.3', { mode: { kind: 'branch', branch: 'x', slug: 'x' } });
    const ahead = await publishers.run(plan, {}, ['faketime', '-f', '+365d']);
    const behind = await publishers.run({ ...plan, store: await at.store() }, {}, [
      'faketime',
      '-f',
      '-365d',
    ]);
    expect(behind).toBe(ahead);
    await at.expectWhole(plan);
  });

  it('25: two machines publish one commit: one index', async () => {
    const plan = await at.plan('1.2.3', { mode: { kind: 'branch', branch: 'x', slug: 'x' } });
    const first = await publishers.run(plan, { TZ: 'Pacific/Auckland', LC_ALL: 'de_DE.UTF-8' });
    at.proxy.forget();
    const elsewhere = { ...plan, store: await at.store() };
    expect(await publishers.run(elsewhere, { TZ: 'America/Los_Angeles' })).toBe(first);
    expect(at.proxy.asked({ method: WRITE })).toEqual([]);
    expect(valueOf((await runDelivery(plan)).result).index.digest).toBe(first);
  });
});
