import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '@image-tooling/model';
import { startRegistry, type RealRegistry, type Step } from '@image-tooling/testkit';
import { codesOf, failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import type { RegistryOptions } from '../src/registry/options';
import { temporaryStore } from './helpers';
import {
  behindProxy,
  BLOB,
  BLOB_PATH,
  BYTES,
  UPLOAD,
  withHeaders,
  type Behind,
} from './registry-faults-helpers';
import { pushedImage } from './registry-helpers';

let registry: RealRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

const behind = (steps: readonly Step[] = []) => behindProxy(registry, steps);

describe('a pull', () => {
  async function pulled({ to }: Behind) {
    const store = await temporaryStore();
    const result = await to.pullBlob(BLOB, store);
    if (result.ok) expect(valueOf(await store.readBlob(BLOB.digest)).equals(BYTES)).toBe(true);
    else expect(await store.hasBlob(BLOB.digest)).toBe(false);
    return result;
  }

  async function withBlob(
    steps: readonly Step[] = [],
    options: Partial<RegistryOptions> = {},
  ): Promise<Behind> {
    const place = await behindProxy(registry, steps, options);
    valueOf(await place.to.pushBlob(BLOB));
    return place;
  }

  it('that breaks continues at its offset', async () => {
    const place = await withBlob();
    const fault = { kind: 'reset-answer', afterBytes: 300_000 } as const;
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, times: 2, fault });
    valueOf(await pulled(place));
    const asked = place.proxy.asked({ method: 'GET' });
    expect(asked.map(({ fault }) => fault)).toEqual(['reset-answer', 'reset-answer', undefined]);
    expect(asked.at(-1)!.headers.range).toMatch(/^bytes=[1-9][0-9]+-$/);
    expect(asked.at(-1)!.sentBytes).toBeLessThan(BLOB.size);
  });

  it('continues without support for ranges too', async () => {
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

  it('that ends early continues too', async () => {
    const place = await withBlob();
    const fault = { kind: 'truncate-answer', bytes: 1000 } as const;
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, times: 1, fault });
    valueOf(await pulled(place));
    expect(place.proxy.asked({ method: 'GET' })).toHaveLength(2);
  });

  it('with a flipped bit is repeated once, and never kept', async () => {
    const place = await withBlob();
    const fault = { kind: 'flip-bit', at: 5000 } as const;
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, times: 1, fault });
    valueOf(await pulled(place));
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, fault });
    const [failure] = failuresOf(await pulled(place));
    expect(failure).toMatchObject({ code: 'checksum' });
    expect(failure.message).toContain(`${place.proxy.host}/${place.to.name.path} gave wrong bytes`);
    expect(failure.message).toContain(BLOB.digest);
  });

  it('that stalls is tried twice', async () => {
    const place = await withBlob([], { timings: { stallSeconds: 0.2, slowSeconds: 60 } });
    const fault = { kind: 'slow-answer', bytesPerSecond: 1 } as const;
    place.proxy.fault({ method: 'GET', path: BLOB_PATH, fault });
    expect(codesOf(await pulled(place))).toEqual(['timeout']);
    expect(place.proxy.asked({ method: 'GET' })).toHaveLength(2);
  });
});

describe('a manifest', () => {
  it('is not put again after a lost answer', async () => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'PUT', path: /manifests\/v1/, times: 1, fault: { kind: 'lose-reply' } });
    const { digest } = await pushedImage(to, 'layer', 'v1');
    expect(proxy.asked({ method: 'PUT', path: /manifests/ })).toHaveLength(1);
    expect(valueOf(await to.headManifest('v1'))?.digest).toBe(digest);
  });

  it('is put despite two 503 and a reset', async () => {
    const { proxy, to } = await behind();
    proxy.fault({
      method: 'PUT',
      path: /manifests/,
      times: 1,
      fault: { kind: 'reset-request', afterBytes: 1 },
    });
    proxy.fault({ method: 'PUT', path: /manifests/, times: 2, fault: { kind: 'answer', status: 503 } });
    await pushedImage(to, 'layer', 'v1');
    const puts = proxy.asked({ method: 'PUT', path: /manifests/ });
    expect(puts.map(({ fault, status }) => fault ?? status)).toEqual([
      'answer',
      'answer',
      'reset-request',
      201,
    ]);
  });

  it('altered in transit is read again, once', async () => {
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
      expect(failuresOf(result)[0].details?.[0]).toContain(digest);
    }
  });

  it('is read if a HEAD lacks its headers', async () => {
    const bare = withHeaders('HEAD', { 'docker-content-digest': undefined, 'content-length': undefined });
    const { to } = await behind([bare]);
    const { digest, bytes, mediaType } = await pushedImage(to, 'layer', 'v1');
    expect(valueOf(await to.headManifest('v1'))).toEqual({ digest, mediaType, size: bytes.length });
  });

  it('altered in transit to the registry is put again', async () => {
    let puts = 0;
    const spoilFirst: Step = async (exchange, next) => {
      const { method, path } = exchange.record;
      if (method === 'PUT' && path.includes('/manifests/') && puts++ === 0)
        exchange.bodyChanges.push(async function* (body) {
          for await (const piece of body)
            yield Buffer.from(piece.toString().replace('layer.v1.tar', 'layer.v1.tor'));
        });
      return next();
    };
    const { to } = await behind([spoilFirst]);
    const { digest } = await pushedImage(to, 'layer', 'v1');
    expect(valueOf(await to.headManifest('v1'))?.digest).toBe(digest);
    expect(puts).toBe(2);
  });

  it('that the registry stores with another digest fails', async () => {
    const other = { 'docker-content-digest': digestOf('other') };
    const { to } = await behind([withHeaders('PUT', other), withHeaders('HEAD', other)]);
    await expect(pushedImage(to, 'layer', 'v1')).rejects.toThrow('checksum');
  });

  it('too large is not read', async () => {
    const { proxy, to } = await behind();
    const body = 'x'.repeat(4 * 1024 * 1024 + 1);
    proxy.fault({ method: 'GET', fault: { kind: 'answer', status: 200, body } });
    expect(codesOf(await to.getManifest('v1'))).toEqual(['too-large']);
  });

  it('is not deleted if the registry refuses', async () => {
    const { proxy, to } = await behind();
    const { digest } = await pushedImage(to, 'layer', 'v1');
    proxy.fault({ method: 'DELETE', fault: { kind: 'answer', status: 405 } });
    expect(codesOf(await to.deleteManifest(digest))).toEqual(['registry-refused']);
  });
});

describe('an upload', () => {
  it('that breaks is sent again if the registry does not report its progress', async () => {
    const { proxy, to } = await behind();
    proxy.fault({ method: 'PUT', path: UPLOAD, times: 1, fault: { kind: 'answer', status: 500 } });
    proxy.fault({ method: 'GET', path: UPLOAD, times: 9, fault: { kind: 'answer', status: 404 } });
    proxy.fault({ method: 'HEAD', nth: 2, times: 9, fault: { kind: 'answer', status: 500 } });
    expect(valueOf(await to.pushBlob(BLOB)).how).toBe('pushed');
  });
});
