import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { startCacheServer, type CacheServer, type Misdeed } from '@image-tooling/testkit/cache-server';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CACHE_TIMINGS } from '../src/sources/timings';
import { entryOf, HASH, newSigner } from './entries';
import { openRig, QUICK, serverSource } from './rig';

const SIGNER = newSigner();
const PAYLOAD = Buffer.from('what a task made '.repeat(10_000));

let server: CacheServer;
beforeEach(async () => {
  server = await startCacheServer();
  return () => server.kill();
});

/** A proxy with short limits, or with the real ones: on a busy machine a good answer may take longer than the short. */
const serverRig = (url = server.url, timings = QUICK) =>
  openRig({ signer: SIGNER, timings, sources: [serverSource(url, { timings })] });
const rigWithRealLimits = () => serverRig(server.url, CACHE_TIMINGS);

const MISDEEDS: Readonly<Record<string, Misdeed>> = {
  'hangs before its answer': 'hang',
  'hangs in a body': 'hang-in-body',
  'sends a byte now and then': 'slow',
  'cuts off a body': 'cut-off',
  'sends garbage': 'garbage',
  'does not speak HTTP': 'not-http',
  'breaks connections': 'break',
  'answers 500': { status: 500 },
  'answers 502': { status: 502 },
  'answers 429': { status: 429 },
  'answers 401': { status: 401 },
  'answers 403': { status: 403 },
  'answers 204': { status: 204 },
  'answers 302': { status: 302 },
};

describe('a server that', () => {
  it.each(Object.entries(MISDEEDS))('%s costs no run', async (_, misdeed) => {
    server.misdeed = () => misdeed;
    const rig = await serverRig();
    const since = performance.now();
    const gets = await Promise.all(Array.from({ length: 12 }, (_one, index) => rig.get(`${HASH}${index}`)));
    expect(new Set(gets)).toEqual(new Set([404]));
    const puts = await Promise.all(
      Array.from({ length: 4 }, (_one, index) => rig.put(`${HASH}${index}`, PAYLOAD)),
    );
    expect(puts.every((status) => status === 200 || status === 403)).toBe(true);
    await rig.proxy.end(3000);
    expect(performance.now() - since).toBeLessThan(5000);
    expect(rig.bugs).toEqual([]);
    expect(rig.spooled()).toEqual([]);
    expect(server.entries.size).toBe(0);
  });

  it('is down costs no run', async () => {
    await server.kill();
    const rig = await rigWithRealLimits();
    for (let count = 0; count < 10; count++) expect(await rig.get(`${HASH}${count}`)).toBe(404);
    expect(rig.proxy.counts.sources[0]).toMatchObject({ faults: 3, isOff: true });
    expect(rig.proxy.counts.sources[0]?.lastFault).toContain('refused the connection');
    // Not even spooled.
    expect(await rig.put(HASH, PAYLOAD)).toBe(403);
  });

  it('hangs on connect costs no run', async () => {
    // TLS is part of connecting, and this one never answers the handshake.
    const silent = createServer(() => undefined);
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void silent.close());
    const rig = await serverRig(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const gets = await Promise.all([1, 2, 3, 4].map((one) => rig.get(`${HASH}${one}`)));
    expect(gets).toEqual([404, 404, 404, 404]);
    expect(rig.proxy.counts.sources[0]?.lastFault).toMatch(
      /did not accept the connection in time|gave no answer/,
    );
  });

  it('fails is left alone after three faults', async () => {
    server.misdeed = () => ({ status: 500 });
    const rig = await rigWithRealLimits();
    for (let count = 0; count < 10; count++) await rig.get(`${HASH}${count}`);
    // Two tries each.
    expect(server.requests).toHaveLength(6);
  });

  it('fails now and then is used again', async () => {
    server.misdeed = (_, count) => (count % 2 === 1 ? 'break' : undefined);
    const rig = await rigWithRealLimits();
    for (let count = 0; count < 10; count++) expect(await rig.get(`${HASH}${count}`)).toBe(404);
    expect(rig.proxy.counts.sources[0]).toMatchObject({ faults: 0, isOff: false });
  });

  it('ends requests in flight when it is switched off', async () => {
    server.misdeed = ({ url }) => (url?.endsWith('slow') ? 'hang' : { status: 500 });
    const rig = await serverRig();
    const since = performance.now();
    const slow = rig.get(`${HASH}slow`);
    for (const one of [1, 2, 3]) await rig.get(`${HASH}${one}`);
    expect(await slow).toBe(404);
    expect(performance.now() - since).toBeLessThan(2000);
  });

  it('stores other bytes under a good header is refused', async () => {
    const entry = entryOf(PAYLOAD, SIGNER);
    entry[entry.length - 1] = 0;
    server.entries.set(HASH, entry);
    const rig = await rigWithRealLimits();
    expect(await rig.get(HASH)).toBe(404);
    expect(rig.proxy.counts.sources[0]?.refused).toEqual({ checksum: 1 });
    expect(rig.spooled()).toEqual([]);
  });

  it.each(['no-token', 'keys-unavailable'])(
    'answers 404 because of %s is reported, as ours does',
    async (reason) => {
      server.misdeed = () => ({ status: 404, reason });
      const rig = await rigWithRealLimits();
      expect(await rig.get(HASH)).toBe(404);
      expect(rig.proxy.counts.sources[0]).toMatchObject({ faults: 1 });
      expect(rig.proxy.counts.sources[0]?.lastFault).toContain(`answered 404 (${reason})`);
    },
  );

  it.each([
    ['read-only', { refused: 1, failed: 0 }],
    ['quota', { refused: 0, failed: 1 }],
  ])('answers 403 because of %s', async (reason, expected) => {
    server.misdeed = ({ method }) => (method === 'PUT' ? { status: 403, reason } : undefined);
    const rig = await rigWithRealLimits();
    await rig.put(HASH, PAYLOAD);
    await rig.proxy.end(20_000);
    expect(rig.proxy.counts.uploads).toMatchObject(expected);
    expect(rig.proxy.counts.uploads.lastFault ?? '').not.toContain('does not accept');
  });
});
