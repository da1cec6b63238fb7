import { describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { describeKilledPublishers, KINDS_OF_WRITES, WRITE, WRITES } from './killed-publishers';
import { usePublishers } from './publisher-process';
import { runDelivery } from './rig';

// The numbers are those of docs/evidence/registry.md, "Faults".
const rig = usePublishers();

describe('a publisher', () => {
  it('makes as many writes as the tests below, and those of npm run test:e2e, stop', async () => {
    await rig().publishers.run(await rig().at.plan());
    expect(rig().at.proxy.asked({ method: WRITE })).toHaveLength(WRITES);
  });
});

describeKilledPublishers(KINDS_OF_WRITES, rig);

describe('place and time', () => {
  it('24: a clock that is a year off gives the same index', async () => {
    const plan = await rig().at.plan('1.2.3', { mode: { kind: 'branch', branch: 'x', slug: 'x' } });
    const ahead = await rig().publishers.run(plan, {}, ['faketime', '-f', '+365d']);
    const behind = await rig().publishers.run({ ...plan, store: await rig().at.store() }, {}, [
      'faketime',
      '-f',
      '-365d',
    ]);
    expect(behind).toBe(ahead);
    await rig().at.expectWhole(plan);
  });

  it('25: two machines publish one commit: one index', async () => {
    const plan = await rig().at.plan('1.2.3', { mode: { kind: 'branch', branch: 'x', slug: 'x' } });
    const first = await rig().publishers.run(plan, { TZ: 'Pacific/Auckland', LC_ALL: 'de_DE.UTF-8' });
    rig().at.proxy.forget();
    const elsewhere = { ...plan, store: await rig().at.store() };
    expect(await rig().publishers.run(elsewhere, { TZ: 'America/Los_Angeles' })).toBe(first);
    expect(rig().at.proxy.asked({ method: WRITE })).toEqual([]);
    expect(valueOf((await runDelivery(plan)).result).index.digest).toBe(first);
  });
});
