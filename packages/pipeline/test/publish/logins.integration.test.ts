import {
  basicAuth,
  referrersLie,
  startFaultProxy,
  startSmallDiskRegistry,
  startTokenServer,
  whyNoSmallDisk,
  type FaultProxy,
  type TokenServer,
} from '@image-tooling/testkit';
import { MEDIA_TYPES, openRepository, parseRepository } from '@image-tooling/oci';
import { afterEach, describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { runDelivery, type PublishPlan } from './rig';
import { Surroundings, told } from './surroundings';

// The numbers are those of docs/evidence/registry.md, "Faults".
const USER = { user: 'robot', password: 'planted-secret-4711' };
const RIGHT = { REGISTRY_USERNAME: USER.user, REGISTRY_PASSWORD: USER.password };

const started: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.close();
});

async function withTokens(tokens: TokenServer): Promise<Surroundings> {
  const at = await Surroundings.open({ steps: [tokens.step] });
  started.push({ close: () => tokens.stop() }, at);
  return at;
}

describe('logins', () => {
  it('15: a token that expires during a push is requested again', async () => {
    const tokens = await startTokenServer({ user: USER, uses: 5 });
    const at = await withTokens(tokens);
    const plan = await at.plan('1.2.3', { env: RIGHT });
    const delivery = await runDelivery(plan);
    valueOf(delivery.result);
    expect(tokens.requests.length).toBeGreaterThan(4);
    expect(await at.tags(plan)).toEqual(['1', '1.2', '1.2.3', 'latest']);
    await at.expectWhole(plan);
    expect(JSON.stringify(delivery)).not.toContain(USER.password);
  });

  it.each<[string, NodeJS.ProcessEnv]>([
    ['21: wrong credentials', { ...RIGHT, REGISTRY_PASSWORD: 'planted-wrong-4711' }],
    ['22: no credentials', {}],
  ])('%s', async (_, env) => {
    const tokens = await startTokenServer({ user: USER });
    const at = await withTokens(tokens);
    const plan = await at.plan('1.2.3', { env });
    const delivery = await runDelivery(plan);
    expect(told(delivery)).toMatchSnapshot();
    expect(JSON.stringify(delivery)).not.toContain('planted');
    expect(await at.tags(plan)).toEqual([]);
    await at.expectPublished({ ...plan, env: RIGHT });
  });

  it('22: no credentials, and anonymous read access', async () => {
    const tokens = await startTokenServer({ user: USER, anonymous: 'pull' });
    const at = await withTokens(tokens);
    expect(told(await runDelivery(await at.plan()))).toMatchSnapshot();
  });

  it('9: credentials do not follow a redirect to another host', async () => {
    const at = await Surroundings.open({ steps: [basicAuth(USER)] });
    const elsewhere: FaultProxy = await startFaultProxy(at.registry);
    started.push(at, { close: () => elsewhere.stop() });
    at.proxy.fault({
      method: 'GET',
      path: /\/blobs\/sha256/,
      fault: { kind: 'redirect', to: elsewhere.url },
    });
    const plan = await at.plan('1.2.3', { env: RIGHT });
    valueOf((await runDelivery(plan)).result);
    expect(elsewhere.requests.length).toBeGreaterThan(5);
    expect(elsewhere.requests.filter(({ authorization }) => authorization)).toEqual([]);
    expect(at.proxy.requests.filter(({ authorization }) => authorization).length).toBeGreaterThan(20);
  });
});

describe('attestations', () => {
  it.each([
    ['10: a registry without the referrers API', []],
    ['11: a registry that says it has the API, and answers 404', [referrersLie()]],
  ])('%s keeps twenty parallel attachments', async (_, steps) => {
    const at = await Surroundings.open({ steps });
    started.push(at);
    const plan = await at.plan();
    const { index } = valueOf((await runDelivery(plan)).result);
    const repository = openRepository(valueOf(parseRepository(plan.repository)), {
      env: {},
      signal: new AbortController().signal,
    });
    started.push(repository);
    const subject = { mediaType: MEDIA_TYPES.index, digest: index.digest, size: index.bytes.length };
    const attached = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        repository.attach(subject, {
          artifactType: 'application/vnd.example.attestation.v1',
          annotations: { 'example.number': String(at) },
          content: [{ mediaType: 'text/plain', bytes: Buffer.from(`attestation ${at}`) }],
        }),
      ),
    );
    const kept = valueOf(await repository.listReferrers(index.digest));
    expect(kept.map(({ digest }) => digest).sort()).toEqual(
      attached.map((one) => valueOf(one).digest).sort(),
    );
    // Attachments don't change the image: publishing again still writes nothing.
    expect(valueOf((await at.expectPublished(plan)).result).unchanged).toBe(true);
  });
});

const noDisk = whyNoSmallDisk();
describe.skipIf(noDisk !== undefined)(
  `20: a registry whose disk is full${noDisk === undefined ? '' : ` (skipped: ${noDisk})`}`,
  () => {
    it('is reported, tags nothing, and the next run succeeds after space was freed', async () => {
      const disk = await startSmallDiskRegistry(1);
      const at = await Surroundings.around(disk.registry);
      started.push({ close: () => disk.stop() }, { close: () => at.proxy.stop() });
      const plan: PublishPlan = await at.plan('1.2.3', { layerSize: 500_000 });
      expect(told(await runDelivery(plan))).toMatch(/^registry-full: /);
      expect(await at.tags(plan)).toEqual([]);
      disk.resize(20);
      await at.expectPublished(plan);
      expect(await at.tags(plan)).toEqual(['1', '1.2', '1.2.3', 'latest']);
    });
  },
);
