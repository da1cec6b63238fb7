import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PULL_REQUEST, PUSH_TO_MAIN } from './issuer';
import { newHash, startOidcRig, type OidcRig } from './oidc-rig';
import { TOKENS, type Rig } from './rig';

let oidc: OidcRig;
let rig: Rig;
let job: OidcRig['job'];
let attack: OidcRig['attack'];
let expectHarmless: OidcRig['expectHarmless'];

beforeAll(async () => {
  oidc = await startOidcRig();
  ({ rig, job, attack, expectHarmless } = oidc);
});
afterAll(() => oidc.stop());

describe('main never reads what was stored by', () => {
  it.each<Record<string, string>>([
    { 'x-namespace': 'trusted' },
    { 'x-cache-namespace': 'tooling/trusted' },
    { 'x-forwarded-user': 'alice', 'x-forwarded-for': '127.0.0.1' },
    { 'x-original-url': '/v1/cache/1', 'x-rewrite-url': '/v1/cache/1' },
    { 'x-http-method-override': 'PUT', host: 'trusted.example' },
    { 'if-match': '*', 'content-encoding': 'gzip' },
  ])('a pull request with the headers %j', async (headers) => {
    const hash = newHash();
    const evil = await job(PULL_REQUEST);
    await expectHarmless(hash, () => attack(evil, hash, { headers }));
  });

  it.each([
    '../trusted/HASH',
    '..%2ftrusted%2fHASH',
    '%2e%2e/trusted/HASH',
    '%2e%2e%2ftrusted%2fHASH',
    '..\\trusted\\HASH',
    '....//trusted/HASH',
    '../../tooling/trusted/10/HASH',
    '/HASH',
    'HASH/',
    'HASH%00',
    'HASH%20',
    'HASH;x=1',
    'HASH.',
    '.HASH',
    'HASH/../HASH',
    '..',
    '',
  ])('a pull request with the path %j', async (path) => {
    const hash = newHash();
    const evil = await job(PULL_REQUEST);
    await expectHarmless(hash, async () => {
      const tried = await rig.ask('PUT', `/v1/cache/${path.replaceAll('HASH', hash)}`, {
        token: evil,
        body: 'evil',
      });
      expect(tried).toMatchObject({ status: 403, reason: 'invalid-hash' });
    });
  });

  it('a request with main’s token in its query, body or cookie', async () => {
    const main = await job(PUSH_TO_MAIN);
    const hash = newHash();
    await expectHarmless(hash, async () => {
      for (const name of ['access_token', 'token', 'authorization'])
        expect(await rig.ask('PUT', `/v1/cache/${hash}?${name}=${main}`, { body: 'evil' })).toMatchObject({
          status: 403,
          reason: 'no-token',
        });
      const cookie = {
        cookie: `authorization=${main}`,
        'x-access-token': main,
        'proxy-authorization': `Bearer ${main}`,
      };
      expect((await rig.ask('PUT', `/v1/cache/${hash}`, { body: 'evil', headers: cookie })).status).toBe(403);
    });
  });

  it('a request with two tokens, or another scheme', async () => {
    const [main, mine] = [await job(PUSH_TO_MAIN), await job(PULL_REQUEST)];
    for (const authorization of [
      `Basic ${main}`,
      `Bearer ${mine} ${main}`,
      `Bearer ${mine}, Bearer ${main}`,
      main,
      '',
    ]) {
      const hash = newHash();
      await expectHarmless(hash, () =>
        rig.ask('PUT', `/v1/cache/${hash}`, { body: 'evil', headers: { authorization } }),
      );
    }
  });

  it('a static token of another namespace or project, or that only reads', async () => {
    for (const evil of [TOKENS.named, TOKENS.other, TOKENS.reader, 'guess']) {
      const hash = newHash();
      await expectHarmless(hash, () => attack(evil, hash));
    }
  });
});

it('an entry of main can’t be replaced, by main neither', async () => {
  const hash = newHash();
  const main = await job(PUSH_TO_MAIN);
  expect((await rig.put(hash, 'good', main)).status).toBe(200);
  expect(await rig.put(hash, 'evil', main)).toMatchObject({ status: 409, reason: 'exists' });
  expect((await rig.get(hash, main)).body.toString()).toBe('good');
});

it('no token reaches the log', async () => {
  const evil = await job(PULL_REQUEST);
  await rig.ask('GET', `/v1/cache/1?token=${evil}`, { token: evil });
  for (const secret of [evil, evil.split('.')[2]!, ...Object.values(TOKENS)])
    expect(rig.logText()).not.toContain(secret);
});
