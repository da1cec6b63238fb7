import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  resumableUploads,
  startFaultProxy,
  startRegistry,
  type RealRegistry,
  type Step,
} from '@image-tooling/testkit';
import { codesOf, failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import type { RegistryOptions } from '../src/registry/options';
import { mapResults } from '../src/registry/images/map-results';
import { stoppable } from '../src/registry/images/stoppable';
import { storedBlob } from '../src/registry/blobs/stored';
import { temporaryStore } from './helpers';
import { behindProxy, BLOB, UPLOAD, withHeaders } from './registry-faults-helpers';
import { blobOf, opened, type OpenedRepository } from './registry-helpers';

let registry: RealRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

const behind = (steps: readonly Step[] = [], options: Partial<RegistryOptions> = {}) =>
  behindProxy(registry, steps, options);

async function pushCounted(to: OpenedRepository, options: { chunkBytes?: number } = {}) {
  let counted = 0;
  const row = valueOf(await to.pushBlob(BLOB, { ...options, onBytes: (count) => void (counted += count) }));
  expect(counted).toBe(BLOB.size);
  expect(valueOf(await to.hasBlob(BLOB.digest))).toBe(true);
  return row;
}

describe('an upload', () => {
  it("that breaks continues at the registry's offset", async () => {
    const { proxy, to } = await behind([resumableUploads(registry)]);
    proxy.fault({
      method: 'PUT',
      path: UPLOAD,
      times: 1,
      fault: { kind: 'reset-request', afterBytes: 600_000 },
    });
    const { how, sentBytes } = await pushCounted(to);
    expect(how).toBe('pushed');
    expect(proxy.asked({ method: 'POST' })).toHaveLength(1);
    const [rest] = proxy.asked({ method: 'PATCH' });
    expect(rest!.headers['content-range']).toMatch(/^[1-9][0-9]{5}-999999$/);
    expect(sentBytes).toBeLessThan(2 * BLOB.size);
  });

  it('that breaks starts again if the registry has lost it', async () => {
    const { proxy, to } = await behind();
    proxy.fault({
      method: 'PUT',
      path: UPLOAD,
      times: 2,
      fault: { kind: 'reset-request', afterBytes: 600_000 },
    });
    expect((await pushCounted(to)).sentBytes).toBeGreaterThan(2 * BLOB.size);
    expect(proxy.asked({ method: 'POST' })).toHaveLength(3);
  });

  it('that breaks each time fails in the end, with the cause', async () => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'PUT', path: UPLOAD, fault: { kind: 'reset-request', afterBytes: 1000 } });
    expect(codesOf(await to.pushBlob(BLOB))).toEqual(['network']);
    expect(proxy.asked({ method: 'DELETE' })).not.toEqual([]);
    proxy.heal();
    expect((await pushCounted(to)).how).toBe('pushed');
  });

  it('whose last answer is lost is not sent again', async () => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'PUT', path: UPLOAD, times: 1, fault: { kind: 'lose-reply' } });
    expect((await pushCounted(to)).sentBytes).toBe(BLOB.size);
    expect(proxy.asked({ method: 'PUT' })).toHaveLength(1);
  });

  it("is sent in chunks of at least the registry's minimum", async () => {
    const { proxy, to } = await behind([withHeaders('POST', { 'oci-chunk-min-length': '400000' })]);
    await pushCounted(to, { chunkBytes: 300_000 });
    const ranges = proxy.asked({ method: 'PATCH' }).map(({ headers }) => headers['content-range']);
    expect(ranges).toEqual(['0-399999', '400000-799999', '800000-999999']);
  });

  it('in chunks that breaks sends the broken chunk again', async () => {
    const { proxy, to } = await behind([resumableUploads(registry)]);
    proxy.fault({ method: 'PATCH', nth: 3, fault: { kind: 'reset-request', afterBytes: 1000 } });
    const { sentBytes } = await pushCounted(to, { chunkBytes: 300_000 });
    expect(sentBytes).toBeLessThan(1_400_000);
    expect(proxy.asked({ method: 'POST' })).toHaveLength(1);
  });

  it.each([503, 500, 429])('is repeated after %i, twice', async (status) => {
    const { proxy, to } = await behind();
    proxy.fault({ method: /POST|PUT/, path: UPLOAD, times: 2, fault: { kind: 'answer', status } });
    proxy.fault({ method: 'HEAD', times: 2, fault: { kind: 'answer', status } });
    expect((await pushCounted(to)).how).toBe('pushed');
  });

  it.each([
    [507, '', 'registry-full'],
    [500, '{"errors":[{"code":"UNKNOWN","message":"write: no space left on device"}]}', 'registry-full'],
    [413, '', 'registry-refused'],
    [405, '{"errors":[{"code":"UNSUPPORTED"}]}', 'registry-refused'],
  ])('that meets %i %s fails at once with %s', async (status, body, code) => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'PUT', path: UPLOAD, fault: { kind: 'answer', status, body } });
    const result = await to.pushBlob(BLOB);
    expect(codesOf(result)).toEqual([code]);
    expect(failuresOf(result)[0].hint).toBeDefined();
    expect(proxy.asked({ method: 'PUT' })).toHaveLength(1);
    expect(proxy.asked({ method: 'DELETE', path: UPLOAD })).toHaveLength(1);
  });

  it('goes to the host that the registry names', async () => {
    const other = await startFaultProxy(registry);
    onTestFinished(() => other.stop());
    const elsewhere: Step = async (exchange, next) => {
      exchange.answerChanges.push((answer) => {
        const location = String(answer.headers['location'] ?? '');
        return {
          ...answer,
          headers: { ...answer.headers, location: location.replace(/^http:\/\/[^/]*/, other.url) },
        };
      });
      return next();
    };
    const { to } = await behind([elsewhere]);
    await pushCounted(to);
    expect(other.asked({ method: 'PUT' })).toHaveLength(1);
  });

  it('that is stopped is cancelled', async () => {
    const stop = new AbortController();
    const { proxy, to } = await behind([], { signal: stop.signal });
    proxy.fault({
      method: 'PUT',
      path: UPLOAD,
      fault: { kind: 'run', when: { afterBytes: 300_000 }, work: () => stop.abort() },
    });
    expect(codesOf(await to.pushBlob(BLOB))).toEqual(['aborted']);
    expect(proxy.asked({ method: 'DELETE', path: UPLOAD })).toHaveLength(1);
  });

  it('that is hardly read is tried twice', async () => {
    const timings = { stallSeconds: 0.3, writeAnswerSeconds: 0.5, backoffSeconds: 0.01 };
    const { proxy, to } = await behind([], { timings });
    proxy.fault({ method: 'PUT', path: UPLOAD, fault: { kind: 'hang' } });
    expect(codesOf(await to.pushBlob(BLOB))).toEqual(['timeout']);
    expect(proxy.asked({ method: 'PUT' })).toHaveLength(2);
  });

  it('of several that are stopped is cancelled before the repository is closed', async () => {
    const stop = new AbortController();
    const { proxy, to } = await behind([], { signal: stop.signal });
    proxy.fault({ method: 'PUT', path: UPLOAD, fault: { kind: 'hang' } });
    const pushes = [1, 2, 3, 4].map(() => to.pushBlob(blobOf(randomBytes(300_000))));
    while (proxy.asked({ method: 'PUT' }).length < 4) await sleep(20);
    stop.abort();
    expect((await Promise.all(pushes)).flatMap(codesOf)).toEqual(Array(4).fill('aborted'));
    await to.close();
    expect(proxy.asked({ method: 'DELETE', path: UPLOAD })).toHaveLength(4);
  });

  it('continues after the registry was killed and started again', async () => {
    const mortal = await startRegistry();
    const proxy = await startFaultProxy(mortal);
    onTestFinished(() => Promise.all([proxy.stop(), mortal.stop()]).then(() => undefined));
    const to = opened(proxy.host, 'a/b', { timings: { backoffSeconds: 0.2 } });
    proxy.fault({
      method: 'PUT',
      path: UPLOAD,
      times: 1,
      fault: { kind: 'run', when: { afterBytes: 300_000 }, work: () => mortal.restart() },
    });
    expect((await pushCounted(to)).how).toBe('pushed');
  });
});

describe('a local blob that was altered', () => {
  it('is refused by the registry, and its file is named', async () => {
    const store = await temporaryStore();
    const { digest, size } = valueOf(await store.putBlobFromBytes(randomBytes(300_000)));
    writeFileSync(store.blobPath(digest), randomBytes(size));
    const { proxy, to } = await behind();
    const [failure] = failuresOf(await to.pushBlob(storedBlob(store, { digest, size })));
    expect(failure).toMatchObject({ code: 'store-corrupt', place: { file: store.blobPath(digest) } });
    expect(proxy.asked({ method: 'PUT' }).map(({ status }) => status)).toEqual([400]);
    expect(proxy.asked({ method: 'DELETE', path: UPLOAD })).toHaveLength(1);
    expect(valueOf(await to.hasBlob(digest))).toBe(false);
  });

  it.each([
    ['shorter', 100],
    ['gone', undefined],
  ])('is reported where it is %s', async (_, bytes) => {
    const store = await temporaryStore();
    const { digest, size } = valueOf(await store.putBlobFromBytes(randomBytes(300_000)));
    rmSync(store.blobPath(digest));
    if (bytes !== undefined) writeFileSync(store.blobPath(digest), randomBytes(bytes));
    const { to } = await behind();
    expect(codesOf(await to.pushBlob(storedBlob(store, { digest, size })))).toEqual(['store-corrupt']);
  });

  it('in transit is sent again once', async () => {
    let puts = 0;
    const spoilFirst: Step = async (exchange, next) => {
      if (exchange.record.method === 'PUT' && puts++ === 0)
        exchange.bodyChanges.push(async function* (body) {
          for await (const piece of body) yield Buffer.alloc(piece.length);
        });
      return next();
    };
    const store = await temporaryStore();
    const blob = valueOf(await store.putBlobFromBytes(randomBytes(300_000)));
    const { to } = await behind([spoilFirst]);
    expect(valueOf(await to.pushBlob(storedBlob(store, blob))).how).toBe('pushed');
    expect(puts).toBe(2);
  });
});

describe('a mount', () => {
  it('answered with 202 continues that upload', async () => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'POST', fault: { kind: 'mount-202' } });
    expect(valueOf(await to.pushBlob(BLOB, { mountFrom: ['faults/other'] }))).toMatchObject({
      how: 'pushed',
    });
    expect(proxy.asked({ method: 'POST' })).toHaveLength(1);
  });

  it.each([403, 404, 405])('refused with %i is not a failure', async (status) => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'POST', path: /mount=/, fault: { kind: 'answer', status } });
    expect(valueOf(await to.pushBlob(BLOB, { mountFrom: ['faults/other'] }))).toMatchObject({
      how: 'pushed',
    });
  });
});

describe('several blobs', () => {
  const blobs = Array.from({ length: 6 }, () => blobOf(randomBytes(300_000)));

  it('come in their order', async () => {
    const { to } = await behind();
    valueOf(await to.pushBlob(blobs[2]!));
    const rows = valueOf(await mapResults(blobs, (blob) => to.pushBlob(blob)));
    expect(rows.map(({ how }) => how)).toEqual(['pushed', 'pushed', 'present', 'pushed', 'pushed', 'pushed']);
  });

  it('stop at the first failure, and only that is reported', async () => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'PUT', path: UPLOAD, fault: { kind: 'hang' } });
    proxy.fault({
      method: 'HEAD',
      path: new RegExp(blobs[1]!.digest),
      fault: { kind: 'answer', status: 405 },
    });
    proxy.fault({ method: 'PUT', path: UPLOAD, fault: { kind: 'slow-request', bytesPerSecond: 3_000_000 } });
    const result = await mapResults(blobs, (blob, isStopped) => to.pushBlob(stoppable(blob, isStopped)), 2);
    expect(codesOf(result)).toEqual(['http-status']);
    expect(proxy.asked({ method: 'POST' }).length).toBeLessThan(3);
  });
});
