import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHttpClient } from '@image-tooling/host';
import { startCacheServer } from '@image-tooling/testkit/cache-server';
import { expect, it } from 'vitest';
import { GitHubTokens } from '../src/sources/github-tokens';
import { CACHE_TIMINGS } from '../src/sources/timings';
import { entryOf, HASH, newSigner } from './entries';
import { openRig, serverSource } from './rig';

const SIGNER = newSigner();
const RUN_SECONDS = 90;
const LIFE_SECONDS = 5;

it('gives Nx no 401 in 90 s with tokens that live five seconds', async () => {
  const server = await startCacheServer();
  const expires = new Map<string, number>();
  const issuer = createServer((_, response) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = Buffer.from(JSON.stringify({ iat: now, exp: now + LIFE_SECONDS, n: expires.size }));
    const token = `e30.${claims.toString('base64url')}.x`;
    expires.set(token, Date.now() + LIFE_SECONDS * 1000);
    response.end(JSON.stringify({ value: token }));
  });
  await once(issuer.listen(0, '127.0.0.1'), 'listening');
  let refused = 0;
  server.accepts = (token) => {
    const isGood = (expires.get(token) ?? 0) > Date.now();
    if (!isGood) refused += 1;
    return isGood;
  };
  server.entries.set(HASH, entryOf(Buffer.from('payload'), SIGNER));
  const client = openHttpClient({ env: {}, timings: CACHE_TIMINGS });
  const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`;
  const tokens = new GitHubTokens({ client, url, requestToken: 'secret', audience: 'x' });
  const rig = await openRig({ signer: SIGNER, sources: [serverSource(server.url, { tokens })] });
  const until = Date.now() + RUN_SECONDS * 1000;
  let requests = 0;
  for (; Date.now() < until; requests++) {
    expect(await rig.get(HASH)).toBeInstanceOf(Buffer);
    await sleep(200);
  }
  console.log(`${requests} requests, ${expires.size} tokens, ${refused} refused`);
  expect(expires.size).toBeGreaterThan(RUN_SECONDS / LIFE_SECONDS);
  expect(rig.proxy.counts.sources[0]).toMatchObject({ hits: requests, faults: 0 });
  issuer.close();
  await server.kill();
}, 120_000);
