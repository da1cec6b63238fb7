import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Failure } from '@image-tooling/model';
import { COMMIT, runDelivery, type PublishPlan } from './rig';
import { pathOf, Surroundings, told } from './surroundings';
import { rawManifest, wholeAt } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';

// The numbers are those of docs/evidence/registry.md, "Faults".
let at: Surroundings;
beforeAll(async () => {
  at = await Surroundings.open();
});
afterAll(() => at.close());
beforeEach(() => {
  at.proxy.heal();
  at.proxy.forget();
});

describe('versions', () => {
  it('12: two runs publish other bytes as 1.2.3: the second is refused', async () => {
    const first = await at.plan();
    const second = { ...first, layers: { 'linux/amd64': ['other'], 'linux/arm64': ['other-arm'] } };
    await at.expectPublished(first);
    const before = await rawManifest(at.registry, pathOf(first.repository), '1.2.3');
    at.proxy.forget();
    expect(told(await runDelivery(second))).toMatchSnapshot();
    expect(at.proxy.asked({ method: /PUT|POST|PATCH|DELETE/ })).toEqual([]);
    expect((await rawManifest(at.registry, pathOf(first.repository), '1.2.3'))?.digest).toBe(before?.digest);
  });

  it('12: two runs at once: only one publishes 1.2.3', async () => {
    const first = await at.plan();
    const second = {
      ...first,
      store: await at.store(),
      layers: { 'linux/amd64': ['other'], 'linux/arm64': ['other-arm'] },
    };
    // Both have looked up the tag before either writes.
    const write = { method: 'PUT', path: /manifests\/1\.2\.3$/ };
    const held = at.proxy.hold(write);
    const both = [runDelivery(first), runDelivery(second)];
    await vi.waitFor(() => expect(at.proxy.asked(write)).toHaveLength(2), 20_000);
    held.release();
    const ended = await Promise.all(both);
    expect(ended.filter(({ result }) => result.ok).length).toBeLessThanOrEqual(1);
    const loser = ended.find(({ result }) => !result.ok);
    expect(told(loser as (typeof ended)[number])).toMatch(/^tag-taken: /);
    expect(await wholeAt(at.registry, pathOf(first.repository), '1.2.3')).toEqual([]);
  });

  it('14: 1.2.4, then 1.2.3: 1.2, 1 and latest stay', async () => {
    const newer = await at.plan('1.2.4');
    const index = valueOf((await at.expectPublished(newer)).result).index.digest;
    const older = {
      ...newer,
      mode: { kind: 'release', version: '1.2.3' },
      layers: { 'linux/amd64': ['old'] },
    } as const;
    const { tags } = valueOf((await at.expectPublished(older)).result);
    expect(tags.map(({ tag, action, heldBy }) => ({ tag, action, heldBy }))).toEqual([
      { tag: '1.2.3', action: 'create', heldBy: undefined },
      { tag: '1.2', action: 'held', heldBy: '1.2.4' },
      { tag: '1', action: 'held', heldBy: '1.2.4' },
      { tag: 'latest', action: 'held', heldBy: '1.2.4' },
    ]);
    for (const tag of ['1.2', '1', 'latest'])
      expect((await rawManifest(at.registry, pathOf(newer.repository), tag))?.digest).toBe(index);
  });

  // Both look up tags first: before 1.2.4 is there. 1.2.3 goes on when 1.2.4 has ended.
  it.each(['1.2.3', 'latest'])(
    '14: 1.2.3 is slow to write its tag %s, and 1.2.4 is published at the same time: no tag moves back',
    async (tag) => {
      const older = await at.plan('1.2.3');
      const held = at.proxy.hold({ method: 'PUT', path: new RegExp(`manifests/${tag}$`), times: 1 });
      const slow = runDelivery(older);
      await held.arrived;
      const layers = { 'linux/amd64': ['new'] };
      const newer = {
        ...older,
        store: await at.store(),
        mode: { kind: 'release', version: '1.2.4' },
        layers,
      };
      const { index } = valueOf((await runDelivery(newer as PublishPlan)).result);
      held.release();
      const { tags } = valueOf((await slow).result);
      expect(tags.map(({ tag: name, action, heldBy }) => `${name} ${action} ${heldBy}`)).toEqual([
        '1.2.3 create undefined',
        ...['1.2', '1', 'latest'].map((alias) => `${alias} held 1.2.4`),
      ]);
      for (const alias of ['1.2', '1', 'latest'])
        expect((await rawManifest(at.registry, pathOf(older.repository), alias))?.digest).toBe(index.digest);
    },
  );

  it('14: 1.2.5 is published while 1.2.3 gives latest back to 1.2.4: latest ends at 1.2.5', async () => {
    const latest = { method: 'PUT', path: /manifests\/latest$/, times: 1 };
    const plan = await at.plan('1.2.3');
    const publish = async (version: string) => {
      const changed = {
        store: await at.store(),
        mode: { kind: 'release', version },
        layers: { 'linux/amd64': [version] },
      };
      return valueOf((await runDelivery({ ...plan, ...changed } as PublishPlan)).result).index;
    };
    const first = at.proxy.hold(latest);
    const slow = runDelivery(plan);
    await first.arrived;
    await publish('1.2.4');
    const back = at.proxy.hold(latest);
    first.release();
    await back.arrived;
    const highest = await publish('1.2.5');
    back.release();
    const { tags } = valueOf((await slow).result);
    expect(tags.at(-1)).toMatchObject({ tag: 'latest', action: 'held', heldBy: '1.2.5' });
    expect((await rawManifest(at.registry, pathOf(plan.repository), 'latest'))?.digest).toBe(highest.digest);
  });

  it('asks for newer commits before and after it moves main, once if main stays, and not if nothing is to be done', async () => {
    const plan = { ...(await at.plan()), mode: { kind: 'main' } } as PublishPlan;
    expect((await at.expectPublished(plan)).asked).toBe(2);
    expect((await runDelivery(plan)).asked).toBe(0);
    const layers = { 'linux/amd64': ['old'] };
    const commit = { id: 'a'.repeat(40), time: 0 };
    expect((await at.expectPublished({ ...plan, layers, commit, newer: [plan.commit.id] })).asked).toBe(1);
  });

  it('leaves main where it is if a newer commit is published, and names that', async () => {
    const newer = { ...(await at.plan()), mode: { kind: 'main' }, commit: { id: 'f'.repeat(40), time: 0 } };
    const { index } = valueOf((await at.expectPublished(newer as PublishPlan)).result);
    const layers = { 'linux/amd64': ['old'] };
    const older = { ...newer, layers, commit: COMMIT, newer: ['e'.repeat(40), newer.commit.id] };
    const { tags } = valueOf((await at.expectPublished(older as PublishPlan)).result);
    const held = { tag: 'main', action: 'held', from: index.digest, heldBy: `main-${'f'.repeat(12)}` };
    expect(tags).toEqual([expect.objectContaining({ action: 'create' }), expect.objectContaining(held)]);
    expect((await rawManifest(at.registry, pathOf(newer.repository), 'main'))?.digest).toBe(index.digest);
  });

  it('publishing the same again writes nothing, in fewer than ten requests', async () => {
    const plan = await at.plan();
    await at.expectPublished(plan);
    at.proxy.forget();
    const { result, requests } = await runDelivery(plan);
    expect(valueOf(result)).toMatchObject({ unchanged: true, blobs: [] });
    expect(at.proxy.asked({ method: /PUT|POST|PATCH|DELETE/ })).toEqual([]);
    expect(requests.length).toBe(at.proxy.requests.length);
    expect(requests.length).toBeLessThan(10);
  });

  it('a dry run writes nothing and records every write', async () => {
    const plan = await at.plan('1.2.3', { dryRun: true });
    const { result, requests } = await runDelivery(plan);
    expect(valueOf(result).tags.map(({ tag }) => tag)).toEqual(['1.2.3', '1.2', '1', 'latest']);
    expect(at.proxy.asked({ method: /PUT|POST|PATCH|DELETE/ })).toEqual([]);
    const writes = requests.filter(({ method }) => method !== 'HEAD' && method !== 'GET');
    const real = await at.expectPublished({ ...plan, dryRun: false });
    const realWrites = real.requests.filter(({ method }) => method !== 'HEAD' && method !== 'GET');
    expect(writes.map(shape).sort()).toEqual(realWrites.map(shape).sort());
  });

  it('only new blobs are sent', async () => {
    const first = await at.plan('1.2.3');
    await at.expectPublished(first);
    const next = {
      ...first,
      mode: { kind: 'release', version: '1.2.4' },
      layers: {
        'linux/amd64': ['system', 'kubectl-2', 'help'],
        'linux/arm64': ['system-arm', 'kubectl-arm', 'help'],
      },
    } as const;
    const { blobs } = valueOf((await at.expectPublished(next)).result);
    expect(
      blobs
        .filter(({ how }) => how === 'pushed')
        .map(({ label }) => label)
        .sort(),
    ).toEqual(['config', 'tool kubectl-2']);
  });
});

/** Masks what differs from run to run in a request. */
function shape({ method, url }: { readonly method: string; readonly url: string }): string {
  return `${method} ${new URL(url).pathname.replace(/uploads\/.+/, 'uploads/…')}`;
}

describe('a scan that fails', () => {
  const failing: Failure = {
    code: 'not-publishable',
    message: 'demo did not pass its scan for linux/arm64.',
    details: ['CVE-2026-1 openssl 3.5.1-1'],
    hint: 'See what fixes it: npx nx run demo:scan-arm64',
  };
  const scanFailures = { 'linux/arm64': [failing] };

  it('refuses an image that is not published, and sends nothing', async () => {
    const plan = { ...(await at.plan()), scanFailures };
    expect(told(await runDelivery(plan))).toMatch(/^not-publishable: demo did not pass its scan/);
    expect(at.proxy.asked({ method: /PUT|POST|PATCH|DELETE/ })).toEqual([]);
  });

  it('refuses a platform that is not published, although the other is', async () => {
    const plan = await at.plan();
    const amd64 = { ...plan, layers: { 'linux/amd64': plan.layers['linux/amd64'] ?? [] } };
    await at.expectPublished(amd64);
    const both = { ...plan, mode: { kind: 'main' } as const, scanFailures };
    expect(told(await runDelivery(both))).toMatch(/^not-publishable: /);
  });

  it('does not refuse a digest that is published, also under a new tag', async () => {
    const plan = await at.plan();
    await at.expectPublished(plan);
    const again = await runDelivery({ ...plan, scanFailures });
    expect(valueOf(again.result).unchanged).toBe(true);
    expect(again.notes).toContain('demo linux/arm64 fails its scan today, and is already published');
    const renamed = await runDelivery({ ...plan, mode: { kind: 'release', version: '1.2.4' }, scanFailures });
    expect(valueOf(renamed.result).tags.map(({ tag, action }) => `${tag} ${action}`)).toContain(
      '1.2.4 create',
    );
  });
});
