import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '@image-tooling/model';
import { valueOf } from '@image-tooling/testkit/helpers';
import { bytesOf } from './generated-platform';
import { runDelivery, type PublishPlan } from './rig';
import { Surroundings, told } from './surroundings';

// What a publish reads back, and which damage it finds. The numbers are those of docs/evidence/registry.md, "Faults".
let at: Surroundings;
beforeAll(async () => {
  at = await Surroundings.open();
});
afterAll(() => at.close());
beforeEach(() => {
  at.proxy.heal();
  at.proxy.forget();
});

const WRONG = /^checksum: .* gave wrong bytes for the blob/;

/** Returns plans of two images that share a layer, published with one store. */
async function twoImages(shared: string): Promise<[PublishPlan, PublishPlan]> {
  const first = await at.plan('1.2.3', { layers: { 'linux/amd64': [shared, `${shared}-first`] } });
  const second = await at.plan('1.2.3', {
    store: first.store,
    layers: { 'linux/amd64': [shared, `${shared}-second`] },
  });
  return [first, second];
}

function digestOfLayer(seed: string, { layerSize }: PublishPlan): ReturnType<typeof digestOf> {
  return digestOf(bytesOf(seed, layerSize));
}

function readsOf(seed: string, plan: PublishPlan): number {
  return at.proxy.asked({ method: 'GET', path: new RegExp(`/blobs/${digestOfLayer(seed, plan)}`) }).length;
}

function layerFile(seed: string, plan: PublishPlan): string {
  return at.registry.blobFile(digestOfLayer(seed, plan));
}

/** Writes other bytes of the same length over a layer in the registry. */
function alter(seed: string, plan: PublishPlan): Promise<void> {
  return writeFile(layerFile(seed, plan), bytesOf('other', plan.layerSize));
}

describe('a layer that two images share is read back once', () => {
  it('if one is published after the other', async () => {
    const [first, second] = await twoImages('one-after-the-other');
    await at.expectPublished(first);
    const { result } = await at.expectPublished(second);
    const [shared] = second.layers['linux/amd64'] ?? [''];
    expect(valueOf(result).blobs.find(({ label }) => label === `tool ${shared}`)?.how).toBe('mounted');
    expect(readsOf('one-after-the-other', first)).toBe(1);
    expect(readsOf('one-after-the-other-second', first)).toBe(1);
    expect(valueOf(result).readBack.blobs).toBe(['config', 'own layer'].length);
  });

  it('if both are published at the same time', async () => {
    const both = await twoImages('at-once');
    for (const { result } of await Promise.all(both.map((plan) => runDelivery(plan)))) valueOf(result);
    expect(readsOf('at-once', both[0])).toBe(1);
    for (const plan of both) await at.expectWhole(plan);
  });
});

describe('17: a blob that was altered on the registry’s disk before it was read back', () => {
  it('is found by the next publish of its image, and of another image that has it', async () => {
    const [first, second] = await twoImages('left-unread');
    at.proxy.fault({ method: 'GET', path: /\/blobs\/sha256/, fault: { kind: 'answer', status: 403 } });
    expect(told(await runDelivery(first))).toMatch(/^registry-/);
    at.proxy.heal();
    await alter('left-unread', first);
    expect(told(await runDelivery(second))).toMatch(WRONG);
    expect(told(await runDelivery(first))).toMatch(WRONG);
    for (const plan of [first, second]) expect(await at.tags(plan)).toEqual([]);
    await writeFile(layerFile('left-unread', first), bytesOf('left-unread', first.layerSize));
    await at.expectPublished(second);
    await at.expectPublished(first);
  });
});

describe('a blob that was in the registry before', () => {
  /** Publishes a layer, and returns the plan of a next version that has it too. */
  async function publishedBefore(seed: string): Promise<PublishPlan> {
    const layers = { 'linux/amd64': [seed] } as const;
    const plan = await at.plan('1.2.3', { layers });
    await at.expectPublished(plan);
    return { ...plan, mode: { kind: 'release', version: '1.2.4' }, layers: { 'linux/amd64': [seed, 'new'] } };
  }

  it('17: altered on the registry’s disk: only --verify=full finds it', async () => {
    const plan = await publishedBefore('altered-before');
    await alter('altered-before', plan);
    expect(told(await runDelivery({ ...plan, verify: 'full' }))).toMatch(WRONG);
    expect(await at.tags(plan)).not.toContain('1.2.4');
    valueOf((await runDelivery({ ...plan, verify: 'pushed' })).result);
  });

  it.each(['pushed', 'full'] as const)('17: cut off on the registry’s disk: found (%s)', async (verify) => {
    const seed = `cut-off-${verify}`;
    const plan = await publishedBefore(seed);
    await writeFile(layerFile(seed, plan), bytesOf(seed, plan.layerSize - 1));
    expect(told(await runDelivery({ ...plan, verify }))).toMatch(/^(checksum|truncated): /);
    expect(await at.tags(plan)).not.toContain('1.2.4');
  });

  it.each(['pushed', 'full'] as const)('lost by the registry, which has its manifest: %s', async (verify) => {
    const seed = `lost-${verify}`;
    const { layers: _, ...next } = await publishedBefore(seed);
    const plan = { ...next, layers: { 'linux/amd64': [seed] }, verify };
    await rm(layerFile(seed, plan));
    const { result, notes } = await runDelivery(plan);
    expect(valueOf(result).blobs.find(({ label }) => label === `tool ${seed}`)?.how).toBe('pushed');
    expect(notes).toContain('demo: the registry has lost a part of it; pushing everything again');
    await at.expectWhole(plan);
  });
});
