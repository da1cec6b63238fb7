import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { digestOf } from '@image-tooling/model';
import {
  pagedTags,
  referrersApi,
  referrersLie,
  resumableUploads,
  startFaultProxy,
  startRegistry,
  type FaultProxy,
  type RealRegistry,
  type Step,
} from '@image-tooling/testkit';
import type { RegistryOptions } from '../src/registry/options';
import { pushBlobs } from '../src/registry/push-blobs';
import { fallbackTag } from '../src/registry/referrers/list';
import { codesOf, failuresOf, temporaryStore, valueOf } from './helpers';
import { blobOf, opened, pushedImage, type OpenedRepository } from './registry-helpers';

let registry: RealRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

let counter = 0;

interface Behind {
  readonly proxy: FaultProxy;
  readonly to: OpenedRepository;
}

/** A repository of its own, seen through a proxy. */
async function behind(steps: readonly Step[] = [], options: Partial<RegistryOptions> = {}): Promise<Behind> {
  const proxy = await startFaultProxy(registry, { steps });
  onTestFinished(() => proxy.stop());
  return { proxy, to: opened(proxy.host, `faults/name-${counter++}`, options) };
}

const BYTES = randomBytes(1_000_000);
const BLOB = blobOf(BYTES);
const UPLOAD = /\/blobs\/uploads\/./;
const BLOB_PATH = /\/blobs\/sha256:/;

/** Changes the headers of answers to requests of a method. */
function withHeaders(method: string, headers: Record<string, string | undefined>): Step {
  return async (exchange, next) => {
    if (exchange.record.method === method)
      exchange.answerChanges.push((answer) => ({ ...answer, headers: { ...answer.headers, ...headers } }));
    return next();
  };
}

async function pushCounted(to: OpenedRepository, options: { chunkBytes?: number } = {}) {
  let counted = 0;
  const row = valueOf(await to.pushBlob(BLOB, { ...options, onBytes: (count) => void (counted += count) }));
  expect(counted).toBe(BLOB.size);
  expect(valueOf(await to.hasBlob(BLOB.digest))).toBe(true);
  return row;
}

describe('an upload', () => {
  it('that breaks goes on where the registry got to', async () => {
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

  it('that breaks in a registry that forgets it begins anew', async () => {
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

  it('that breaks each time fails in the end, and says how', async () => {
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

  it('goes in chunks where it should, as large as the registry wants', async () => {
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

  it.each([503, 500, 429])('survives %i twice', async (status) => {
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
    expect(failuresOf(result)[0]!.hint).toBeDefined();
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

  it('survives a registry that is killed and started again', async () => {
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
    await pushCounted(to);
  });
});

describe('a mount', () => {
  it('answered 202 goes on with that very upload', async () => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'POST', fault: { kind: 'mount-202' } });
    expect(valueOf(await to.pushBlob(BLOB, { mountFrom: ['faults/other'] }))).toMatchObject({
      how: 'pushed',
    });
    expect(proxy.asked({ method: 'POST' })).toHaveLength(1);
  });

  it.each([403, 404, 405])('refused with %i is no failure', async (status) => {
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
    const rows = valueOf(
      await pushBlobs(
        to,
        blobs.map((blob) => ({ blob })),
      ),
    );
    expect(rows.map(({ how }) => how)).toEqual(['pushed', 'pushed', 'present', 'pushed', 'pushed', 'pushed']);
  });

  it('stop at the first that fails, and only its failure is told', async () => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'PUT', path: UPLOAD, fault: { kind: 'hang' } });
    proxy.fault({
      method: 'HEAD',
      path: new RegExp(blobs[1]!.digest),
      fault: { kind: 'answer', status: 405 },
    });
    proxy.fault({ method: 'PUT', path: UPLOAD, fault: { kind: 'slow-request', bytesPerSecond: 3_000_000 } });
    const result = await pushBlobs(
      to,
      blobs.map((blob) => ({ blob })),
      2,
    );
    expect(codesOf(result)).toEqual(['registry-refused']);
    expect(proxy.asked({ method: 'POST' }).length).toBeLessThan(3);
  });
});

describe('a pull', () => {
  async function pulled({ to }: Behind) {
    const store = await temporaryStore();
    const result = await to.pullBlob(BLOB, store);
    if (result.ok) expect(valueOf(await store.readBlob(BLOB.digest)).equals(BYTES)).toBe(true);
    else expect(await store.hasBlob(BLOB.digest)).toBe(false);
    return result;
  }

  async function withBlob(steps: readonly Step[] = []): Promise<Behind> {
    const place = await behind(steps);
    valueOf(await place.to.pushBlob(BLOB));
    return place;
  }

  it('that breaks goes on where it was', async () => {
    const place = await withBlob();
    const fault = { kind: 'reset-answer', afterBytes: 300_000 } as const;
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, times: 2, fault });
    valueOf(await pulled(place));
    const asked = place.proxy.asked({ method: 'GET' });
    expect(asked).toHaveLength(3);
    expect(asked.at(-1)!.headers.range).toMatch(/^bytes=[1-9][0-9]+-$/);
    expect(asked.at(-1)!.sentBytes).toBeLessThan(BLOB.size);
  });

  it('goes on too where the registry knows no ranges', async () => {
    const noRanges: Step = async (exchange, next) => {
      const { range: _, ...headers } = exchange.headers;
      exchange.headers = headers;
      return next();
    };
    const place = await withBlob([noRanges]);
    const fault = { kind: 'reset-answer', afterBytes: 300_000 } as const;
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, times: 1, fault });
    valueOf(await pulled(place));
    expect(place.proxy.asked({ method: 'GET' })).toHaveLength(2);
  });

  it('that always breaks fails', async () => {
    const place = await withBlob();
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, fault: { kind: 'reset-answer', afterBytes: 0 } });
    expect(codesOf(await pulled(place))).toEqual(['network']);
  });

  it('cut short goes on as well', async () => {
    const place = await withBlob();
    const fault = { kind: 'truncate-answer', bytes: 1000 } as const;
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, times: 1, fault });
    valueOf(await pulled(place));
  });

  it('with a flipped bit is made once more, and never kept', async () => {
    const place = await withBlob();
    const fault = { kind: 'flip-bit', at: 5000 } as const;
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, times: 1, fault });
    valueOf(await pulled(place));
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, fault });
    expect(codesOf(await pulled(place))).toEqual(['checksum']);
  });
});

describe('a manifest', () => {
  it('whose answer is lost is put once', async () => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'PUT', path: /manifests\/v1/, times: 1, fault: { kind: 'lose-reply' } });
    const { digest } = await pushedImage(to, 'layer', 'v1');
    expect(proxy.asked({ method: 'PUT', path: /manifests/ })).toHaveLength(1);
    expect(valueOf(await to.headManifest('v1'))?.digest).toBe(digest);
  });

  it('survives 503 twice and a reset', async () => {
    const { proxy, to } = await behind();
    proxy.fault({
      method: 'PUT',
      path: /manifests/,
      times: 1,
      fault: { kind: 'reset-request', afterBytes: 1 },
    });
    proxy.fault({ method: 'PUT', path: /manifests/, times: 2, fault: { kind: 'answer', status: 503 } });
    await pushedImage(to, 'layer', 'v1');
    expect(proxy.asked({ method: 'PUT', path: /manifests/ })).toHaveLength(4);
  });

  it('altered on its way is found out; once only, it is read again', async () => {
    const { proxy, to } = await behind();
    const { digest } = await pushedImage(to, 'layer', 'v1');
    const edit = (json: Record<string, unknown>) => void (json['annotations'] = { evil: 'yes' });
    const alter = { method: 'GET', path: /manifests/, fault: { kind: 'alter-manifest', edit } } as const;
    proxy.fault({ ...alter, times: 1 });
    expect(valueOf(await to.getManifest('v1'))?.digest).toBe(digest);
    proxy.fault(alter);
    for (const reference of ['v1', digest]) {
      const result = await to.getManifest(reference);
      expect(codesOf(result)).toEqual(['checksum']);
      expect(failuresOf(result)[0]!.details?.[0]).toContain(digest);
    }
  });

  it('is read where a HEAD says too little', async () => {
    const bare = withHeaders('HEAD', { 'docker-content-digest': undefined, 'content-length': undefined });
    const { to } = await behind([bare]);
    const { digest, bytes, mediaType } = await pushedImage(to, 'layer', 'v1');
    expect(valueOf(await to.headManifest('v1'))).toEqual({ digest, mediaType, size: bytes.length });
  });

  it('that the registry takes as another fails', async () => {
    const { to } = await behind([withHeaders('PUT', { 'docker-content-digest': digestOf('other') })]);
    await expect(pushedImage(to, 'layer', 'v1')).rejects.toThrow('checksum');
  });

  it('too large is not read', async () => {
    const { proxy, to } = await behind();
    const body = 'x'.repeat(4 * 1024 * 1024 + 1);
    proxy.fault({ method: 'GET', fault: { kind: 'answer', status: 200, body } });
    expect(codesOf(await to.getManifest('v1'))).toEqual(['too-large']);
  });

  it('is not deleted where the registry does not', async () => {
    const { proxy, to } = await behind();
    const { digest } = await pushedImage(to, 'layer', 'v1');
    proxy.fault({ method: 'DELETE', fault: { kind: 'answer', status: 405 } });
    expect(codesOf(await to.deleteManifest(digest))).toEqual(['registry-refused']);
  });
});

describe('tags', () => {
  it('come in pages', async () => {
    const { proxy, to } = await behind([pagedTags(2)]);
    const manifest = await pushedImage(to, 'layer', 'a');
    for (const tag of ['b', 'c', 'd', 'e']) valueOf(await to.putManifest(manifest, tag));
    expect(valueOf(await to.listTags())).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(proxy.asked({ path: /tags\/list/ })).toHaveLength(3);
  });

  it.each([
    ['another host', 'http://127.0.0.1:9/v2/x/tags/list?n=1'],
    ['itself', '?n=1000'],
  ])('whose next page is at %s are refused', async (_, next) => {
    const { to } = await behind([withHeaders('GET', { link: `<${next}>; rel="next"` })]);
    await pushedImage(to, 'layer', 'a');
    expect(codesOf(await to.listTags())).toEqual(['http-status']);
  });
});

describe('referrers', () => {
  const mark = (n: number) => ({ artifactType: 'a/b', annotations: { n: String(n) }, content: [] });

  async function subjectIn({ to }: Behind) {
    const { digest, bytes, mediaType } = await pushedImage(to, 'layer', 'v1');
    return { digest, mediaType, size: bytes.length };
  }

  it('are listed by a registry that can, in pages, with no fallback tag', async () => {
    const place = await behind([referrersApi({ pageSize: 2 })]);
    const subject = await subjectIn(place);
    for (const n of [1, 2, 3]) valueOf(await place.to.attach(subject, mark(n)));
    const listed = valueOf(await place.to.listReferrers(subject.digest));
    expect(listed.map(({ annotations }) => annotations['n'])).toEqual(['1', '2', '3']);
    expect(valueOf(await place.to.listTags())).toEqual(['v1']);
  });

  it('are kept where a registry says it lists them, but does not', async () => {
    const place = await behind([referrersLie()]);
    const subject = await subjectIn(place);
    for (const n of [1, 2]) valueOf(await place.to.attach(subject, mark(n)));
    expect(valueOf(await place.to.listReferrers(subject.digest))).toHaveLength(2);
  });

  it('are entered again where another writer took their place', async () => {
    const place = await behind();
    const subject = await subjectIn(place);
    const direct = opened(registry.host, place.to.name.path);
    const path = new RegExp(`manifests/${fallbackTag(subject.digest)}`);
    const old = valueOf(await direct.attach(subject, mark(0)));
    const before = valueOf(await direct.getManifest(fallbackTag(subject.digest)));
    const work = async () => valueOf(await direct.putManifest(before!, fallbackTag(subject.digest)));
    place.proxy.fault({ method: 'PUT', path, times: 2, fault: { kind: 'run', when: 'answered', work } });
    const ours = valueOf(await place.to.attach(subject, mark(1)));
    const listed = valueOf(await direct.listReferrers(subject.digest)).map(({ digest }) => digest);
    expect(listed).toEqual([old.digest, ours.digest]);
    expect(place.proxy.asked({ method: 'PUT', path })).toHaveLength(3);
  });

  it('that never stay are a failure', async () => {
    const place = await behind();
    const subject = await subjectIn(place);
    const path = new RegExp(`manifests/${fallbackTag(subject.digest)}`);
    place.proxy.fault({ method: 'GET', path, fault: { kind: 'answer', status: 404 } });
    expect(codesOf(await place.to.attach(subject, mark(1)))).toEqual(['registry-refused']);
  });
});
