import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOf } from './generated-platform';
import { runDelivery } from './rig';
import { pathOf, Surroundings, told } from './surroundings';
import { digestOf } from '@image-tooling/model';
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

const BLOB_PUT = { method: 'PUT', path: /\/blobs\/uploads\// };
const MANIFEST_PUT = { method: 'PUT', path: /\/manifests\// };
/** Far more than socket buffers take from a very slow reader. */
const ONE_LARGE = { layers: { 'linux/amd64': ['large'] }, layerSize: 16_000_000 };
/** The error between the proxy and a registry that is not there. */
const REFUSED: unknown = expect.objectContaining({ code: 'ECONNREFUSED' });
const ALL_TAGS = ['1', '1.2', '1.2.3', 'latest'];

describe('a temporary fault is retried', () => {
  it.each([
    ['1: 429 with Retry-After', { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }],
    ['2: 503 twice', { kind: 'answer', status: 503 }],
    ['a reset before the answer', { kind: 'reset-answer', afterBytes: 0 }],
  ] as const)('%s', async (_, fault) => {
    for (const match of [BLOB_PUT, MANIFEST_PUT, { method: 'HEAD' }])
      at.proxy.fault({ ...match, times: 'headers' in fault ? 1 : 2, fault });
    const plan = await at.plan();
    const { result } = await runDelivery(plan);
    expect(valueOf(result).unchanged).toBe(false);
    expect(await at.tags(plan)).toEqual(ALL_TAGS);
    await at.expectWhole(plan);
  });

  it('3: a reset during an upload', async () => {
    at.proxy.fault({
      method: /PUT|PATCH/,
      path: /\/blobs\/uploads\//,
      times: 3,
      fault: { kind: 'reset-request', afterBytes: 100_000 },
    });
    const plan = await at.plan();
    valueOf((await runDelivery(plan)).result);
    expect(await at.tags(plan)).toEqual(ALL_TAGS);
    await at.expectWhole(plan);
  });

  it.each([1, 2, 3, 4, 7])('4: the reply to manifest %i is lost', async (nth) => {
    at.proxy.fault({ ...MANIFEST_PUT, nth, times: 1, fault: { kind: 'lose-reply' } });
    const plan = await at.plan();
    valueOf((await runDelivery(plan)).result);
    expect(await at.tags(plan)).toEqual(ALL_TAGS);
    await at.expectWhole(plan);
  });

  it('5: the registry is killed during a push, and started again', async () => {
    let restarted: Promise<void> | undefined;
    const refusedOne = (): Promise<void> =>
      vi.waitFor(() => expect(at.proxy.requests.map(({ error }) => error)).toContainEqual(REFUSED), 5000);
    const work = async (): Promise<void> => {
      await at.registry.kill();
      restarted = refusedOne().then(() => at.registry.start());
    };
    at.proxy.fault({ ...BLOB_PUT, nth: 3, times: 1, fault: { kind: 'run', work } });
    const plan = await at.plan();
    valueOf((await runDelivery(plan)).result);
    await restarted;
    expect(await at.tags(plan)).toEqual(ALL_TAGS);
    await at.expectWhole(plan);
  });

  it('7: a bit that is flipped once on a pull', async () => {
    at.proxy.fault({
      method: 'GET',
      path: /\/blobs\/sha256/,
      times: 1,
      fault: { kind: 'flip-bit', at: 1000 },
    });
    const plan = await at.plan();
    valueOf((await runDelivery(plan)).result);
    expect(await at.tags(plan)).toEqual(ALL_TAGS);
  });

  it('8: a mount that is answered with 202', async () => {
    const sibling = await at.plan();
    await at.expectPublished(sibling);
    at.proxy.forget();
    at.proxy.fault({ method: 'POST', path: /mount=/, fault: { kind: 'mount-202' } });
    const plan = await at.plan('1.2.3', { mountFrom: [pathOf(sibling.repository)] });
    const { blobs } = valueOf((await runDelivery(plan)).result);
    expect(new Set(blobs.map(({ how }) => how))).toEqual(new Set(['pushed']));
    // The upload session that the registry opened instead of the mount is used.
    expect(at.proxy.asked({ method: 'POST', path: /uploads/ })).toHaveLength(blobs.length);
    await at.expectWhole(plan);
  });

  it('23: a tag that is deleted while publishing is written again', async () => {
    const plan = await at.plan();
    const tag = { path: /\/manifests\/1\.2\.3$/, method: 'PUT' };
    const work = () => at.removeTag(plan, '1.2.3');
    at.proxy.fault({
      ...MANIFEST_PUT,
      path: /manifests\/latest$/,
      nth: 1,
      times: 1,
      fault: { kind: 'run', work },
    });
    valueOf((await runDelivery(plan)).result);
    expect(at.proxy.asked(tag)).toHaveLength(2);
    expect(await at.tags(plan)).toEqual(ALL_TAGS);
  });
});

describe('a permanent fault is reported, tags nothing, and the next run succeeds', () => {
  it.each([
    [
      '1: a rate limit of an hour',
      { method: 'PUT', fault: { kind: 'answer', status: 429, headers: { 'retry-after': '3600' } } },
    ],
    ['2: 503 for ever', { ...BLOB_PUT, fault: { kind: 'answer', status: 503 } }],
    ['3: resets for ever', { ...BLOB_PUT, fault: { kind: 'reset-request', afterBytes: 1000 } }],
    [
      '7: a bit that is flipped on every pull',
      { method: 'GET', path: /\/blobs\/sha256/, fault: { kind: 'flip-bit', at: 20 } },
    ],
    [
      '16: a registry that refuses writes',
      {
        method: 'POST',
        fault: {
          kind: 'answer',
          status: 403,
          body: '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}',
        },
      },
    ],
    [
      '18: a manifest that a proxy alters',
      {
        method: 'GET',
        path: /manifests\/sha256/,
        fault: {
          kind: 'alter-manifest',
          edit: (json: Record<string, unknown>) => void (json['annotations'] = { injected: 'yes' }),
        },
      },
    ],
    [
      '19: a slow loris',
      { method: 'GET', path: /\/blobs\/sha256/, fault: { kind: 'slow-answer', bytesPerSecond: 1 } },
    ],
    [
      '19: an upload that is read very slowly',
      { ...BLOB_PUT, fault: { kind: 'slow-request', bytesPerSecond: 1 } },
    ],
    ['20: a full disk, reported as 507', { method: 'PUT', fault: { kind: 'answer', status: 507 } }],
    [
      '20: a full disk, reported as 500',
      {
        method: 'PUT',
        fault: {
          kind: 'answer',
          status: 500,
          body: '{"errors":[{"code":"UNKNOWN","message":"unknown error","detail":{"Err":{"Op":"mkdir","Path":"/var/lib","Err":28}},"message":"no space left on device"}]}',
        },
      },
    ],
    ['a registry that never answers', { method: 'HEAD', fault: { kind: 'hang' } }],
  ] as const)('%s', async (_, rule) => {
    const plan = await at.plan('1.2.3', { tries: 2, ...(rule.fault.kind === 'slow-request' && ONE_LARGE) });
    at.proxy.fault(rule);
    expect(told(await runDelivery(plan))).toMatchSnapshot();
    expect(await at.tags(plan)).toEqual([]);
    await at.expectPublished(plan);
    expect(await at.tags(plan)).toEqual(ALL_TAGS);
  });

  it('5: a registry that is gone', async () => {
    const plan = await at.plan();
    await at.registry.kill();
    expect(told(await runDelivery(plan))).toMatchSnapshot();
    await at.registry.start();
    await at.expectPublished(plan);
  });

  it('20: a blob that a full disk left half-registered is sent again', async () => {
    const first = await at.plan('1.0.0');
    await at.expectPublished(first);
    const hex = digestOf(bytesOf('kubectl', first.layerSize)).slice('sha256:'.length);
    const path = pathOf(first.repository);
    const link = `docker/registry/v2/repositories/${path}/_layers/sha256/${hex}/link`;
    await writeFile(join(at.registry.storage, link), '');
    const next = { ...first, mode: { kind: 'release', version: '1.0.1' } } as const;
    const layers = { 'linux/amd64': ['system', 'kubectl', 'new'] };
    const { result } = await at.expectPublished({ ...next, layers });
    const { blobs } = valueOf(result);
    expect(blobs.find(({ label }) => label === 'tool kubectl')?.how).toBe('pushed');
  });

  it('16: a registry that is read-only', async () => {
    await at.registry.restart({ readOnly: true });
    const plan = await at.plan();
    expect(told(await runDelivery(plan))).toMatchSnapshot();
    await at.registry.restart({ readOnly: false });
    await at.expectPublished(plan);
  });

  it('17: a blob of the store that was altered on disk', async () => {
    const plan = await at.plan();
    // Under another address: a blob that can be mounted is not sent.
    const repository = `${at.registry.host}/team/elsewhere`;
    await at.expectPublished(await at.plan('1.0.0', { store: plan.store, repository }));
    const digest = digestOf(bytesOf('kubectl', plan.layerSize));
    const alter = () =>
      writeFile(`${plan.store}/blobs/sha256/${digest.slice(7)}`, bytesOf('other', plan.layerSize));
    at.proxy.fault({ method: 'HEAD', nth: 1, fault: { kind: 'run', work: alter } });
    expect(told(await runDelivery(plan)).replaceAll(plan.store, '<store>')).toMatchSnapshot();
    expect(await at.tags(plan)).toEqual([]);
    await at.expectPublished(plan);
  });

  it('17: a blob of the registry that was altered on its disk', async () => {
    const plan = await at.plan('1.2.3', { layers: { 'linux/amd64': ['altered'] } });
    const file = at.registry.blobFile(digestOf(bytesOf('altered', plan.layerSize)));
    const alter = () => writeFile(file, bytesOf('other', plan.layerSize));
    at.proxy.fault({
      method: 'GET',
      path: /\/blobs\/sha256/,
      nth: 1,
      times: 1,
      fault: { kind: 'run', work: alter },
    });
    expect(told(await runDelivery(plan))).toMatchSnapshot();
    expect(await at.tags(plan)).toEqual([]);
    await writeFile(file, bytesOf('altered', plan.layerSize));
    await at.expectPublished(plan);
  });

  it('13: one platform that can’t be pushed', async () => {
    const plan = await at.plan();
    const arm = digestOf(bytesOf('kubectl-arm', plan.layerSize));
    at.proxy.fault({
      method: 'PUT',
      path: new RegExp(`digest=${encodeURIComponent(arm)}`),
      fault: { kind: 'answer', status: 500 },
    });
    expect(told(await runDelivery(plan))).toMatchSnapshot();
    expect(await at.tags(plan)).toEqual([]);
    await at.expectPublished(plan);
  });
});
