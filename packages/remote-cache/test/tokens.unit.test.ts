import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openHttpClient } from '@image-tooling/host';
import { startCacheServer, type CacheServer } from '@image-tooling/testkit/cache-server';
import { beforeEach, expect, it } from 'vitest';
import { GitHubTokens } from '../src/sources/github-tokens';
import { CACHE_TIMINGS } from '../src/sources/timings';
import { entryOf, HASH, newSigner } from './entries';
import { openRig, serverSource } from './rig';

const SIGNER = newSigner();
const LIFE_SECONDS = 5;

/** Seconds of the clock of issuer, cache server and proxy. */
let clock: number;
let issued: string[];
let refusesAll: boolean;
let issuer: string;
let server: CacheServer;

/** Issues tokens that are good for five seconds, as GitHub does for five minutes, to a job with the right secret. */
beforeEach(async () => {
  [clock, issued, refusesAll] = [1_000_000, [], false];
  server = await startCacheServer();
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    if (refusesAll || request.headers.authorization !== 'Bearer job-secret')
      return void response.writeHead(403).end();
    const claims = {
      iat: clock,
      exp: clock + LIFE_SECONDS,
      aud: url.searchParams.get('audience'),
      n: issued.length,
    };
    issued.push(['e30', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'x'].join('.'));
    response.end(JSON.stringify({ value: issued.at(-1) }));
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}/token?api-version=2.0`;
  server.accepts = (token) => {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}') as {
      exp?: number;
      aud?: string;
    };
    return (claims.exp ?? 0) > clock && claims.aud === 'https://cache.example';
  };
  return async () => {
    http.close();
    await server.kill();
  };
});

function tokens(requestToken = 'job-secret'): GitHubTokens {
  const client = openHttpClient({ env: {}, timings: CACHE_TIMINGS });
  return new GitHubTokens({
    client,
    url: issuer,
    requestToken,
    audience: 'https://cache.example',
    now: () => clock * 1000,
  });
}

it('requests another token before one expires: a long run sees no 401', async () => {
  server.entries.set(HASH, entryOf(Buffer.from('payload'), SIGNER));
  const rig = await openRig({ signer: SIGNER, sources: [serverSource(server.url, { tokens: tokens() })] });
  for (let second = 0; second < 90; second++, clock++) expect(await rig.get(HASH)).toBeInstanceOf(Buffer);
  expect(rig.proxy.counts.sources[0]).toMatchObject({ hits: 90, faults: 0 });
  // No request was repeated because of a 401.
  expect(server.requests).toHaveLength(90);
  expect(issued).toHaveLength(90 / 4 + 0.5);
});

it('requests one token for many requests at once', async () => {
  const rig = await openRig({ signer: SIGNER, sources: [serverSource(server.url, { tokens: tokens() })] });
  await Promise.all(Array.from({ length: 20 }, (_, index) => rig.get(`${HASH}${index}`)));
  expect(issued).toHaveLength(1);
});

it('gets another one if the server refuses a token that should still be good', async () => {
  const rig = await openRig({ signer: SIGNER, sources: [serverSource(server.url, { tokens: tokens() })] });
  await rig.get(HASH);
  const first = issued[0];
  const accepts = server.accepts;
  server.accepts = (token) => token !== first && accepts(token);
  expect(await rig.get(HASH)).toBe(404);
  expect(rig.proxy.counts.sources[0]).toMatchObject({ faults: 0 });
  expect(issued).toHaveLength(2);
});

it('gets another one if our server refuses it, which answers 404 because Nx needs that', async () => {
  const rig = await openRig({ signer: SIGNER, sources: [serverSource(server.url, { tokens: tokens() })] });
  await rig.get(HASH);
  const first = issued[0] ?? '';
  server.misdeed = ({ headers }) =>
    headers.authorization?.includes(first) ? { status: 404, reason: 'expired-token' } : undefined;
  expect(await rig.get(HASH)).toBe(404);
  expect(rig.proxy.counts.sources[0]).toMatchObject({ faults: 0 });
  expect(issued).toHaveLength(2);
});

it('costs no run if the issuer fails, and its message has a hint and no secret', async () => {
  refusesAll = true;
  const rig = await openRig({
    signer: SIGNER,
    sources: [serverSource(server.url, { tokens: tokens('other-secret') })],
  });
  expect(await rig.get(HASH)).toBe(404);
  const { lastFault = '' } = rig.proxy.counts.sources[0] ?? {};
  expect(lastFault).toContain('permissions: id-token: write');
  expect(lastFault).not.toContain('secret');
  expect(server.requests).toEqual([]);
});
