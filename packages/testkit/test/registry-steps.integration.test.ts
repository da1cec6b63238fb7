import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  basicAuth,
  clockOff,
  pagedTags,
  EMPTY_BODY,
  plainRequest,
  pushPlainImage,
  rawManifest,
  referrersApi,
  referrersLie,
  resumableUploads,
  sha256Of,
  startFaultProxy,
  startRegistry,
  startTokenServer,
  tagsOf,
  whyNoRegistry,
  type FaultProxy,
  type PushedImage,
  type RealRegistry,
  type TokenServer,
  type TokenServerOptions,
} from '@image-tooling/testkit';

const missing = whyNoRegistry();

describe('what a proxy adds to a registry', () => {
  if (missing !== undefined) {
    it('is not tried', (context) => context.skip(missing));
    return;
  }
  let registry: RealRegistry;
  let subject: PushedImage;
  const started: { stop(): Promise<void> }[] = [];
  const proxied = async (...steps: NonNullable<Parameters<typeof startFaultProxy>[1]>['steps'] & object) => {
    const proxy = await startFaultProxy(registry, { steps });
    started.push(proxy);
    return proxy;
  };
  const attach = (proxy: FaultProxy, to: PushedImage, tag: string) =>
    pushPlainImage(proxy, 'team/app', tag, { tag, subject: to });

  beforeAll(async () => {
    registry = await startRegistry();
    subject = await pushPlainImage(registry, 'team/app', 'x', { tag: 'subject' });
  });
  afterEach(async () => {
    for (const one of started.splice(0)) await one.stop();
  });
  afterAll(() => registry.stop());

  describe('the referrers API', () => {
    it('lists what was attached, in pages, by type, until it is deleted', async () => {
      const proxy = await proxied(referrersApi({ pageSize: 2 }));
      const to = subject;
      const digests: string[] = [];
      for (const tag of ['a', 'b', 'c']) digests.push((await attach(proxy, to, tag)).digest);
      const path = `/v2/team/app/referrers/${to.digest}`;
      const first = await list(proxy, path);
      expect(first.digests).toEqual(digests.slice(0, 2));
      const second = await list(proxy, first.next ?? '');
      expect([second.digests, second.next]).toEqual([digests.slice(2), undefined]);
      const filtered = await list(proxy, `${path}?artifactType=none`);
      expect([filtered.digests, filtered.applied]).toEqual([[], 'artifactType']);
      await plainRequest(proxy, 'DELETE', `/v2/team/app/manifests/${digests[0]}`);
      expect((await list(proxy, path)).digests).toEqual(digests.slice(1));
      expect((await list(proxy, `/v2/team/app/referrers/${sha256Of(Buffer.from('none'))}`)).digests).toEqual(
        [],
      );
    });

    it('is announced at each push, rightly or not', async () => {
      for (const step of [referrersApi(), referrersLie()]) {
        const proxy = await proxied(step);
        const to = subject;
        const descriptor = { digest: to.digest, mediaType: to.mediaType, size: to.size };
        const manifest = (await rawManifest(registry, 'team/app', 'subject'))!;
        const body = Buffer.from(JSON.stringify({ ...manifest.json, subject: descriptor }));
        const type = { 'content-type': manifest.mediaType };
        const put = await plainRequest(proxy, 'PUT', `/v2/team/app/manifests/${sha256Of(body)}`, {
          body,
          headers: type,
        });
        expect([put.status, put.headers['oci-subject']]).toEqual([201, to.digest]);
        const again = Buffer.from(manifest.bytes);
        const plain = await plainRequest(proxy, 'PUT', `/v2/team/app/manifests/${to.digest}`, {
          body: again,
          headers: type,
        });
        expect([plain.status, plain.headers['oci-subject']]).toEqual([201, undefined]);
        const listed = await plainRequest(proxy, 'GET', `/v2/team/app/referrers/${to.digest}`);
        expect(listed.status).toBe(proxy === started[0] ? 200 : 404);
      }
    });
  });

  it('lists tags in pages', async () => {
    for (const tag of ['t1', 't2', 't3', 't4', 't5'])
      await pushPlainImage(registry, 'team/tags', 'x', { tag });
    const proxy = await proxied(pagedTags(2));
    expect(await tagsOf(proxy, 'team/tags')).toEqual(['t1', 't2', 't3', 't4', 't5']);
    expect(proxy.requests.map(({ query }) => query)).toEqual(['', 'n=2&last=t2', 'n=2&last=t4']);
    expect(await tagsOf(proxy, 'team/none')).toEqual([]);
  });

  it('keeps the received part of an upload whose connection broke', async () => {
    const proxy = await proxied(resumableUploads(registry, 1000));
    const content = Buffer.alloc(10_500, 'content');
    const begun = await plainRequest(proxy, 'POST', '/v2/team/app/blobs/uploads/', EMPTY_BODY);
    const address = String(begun.headers['location']).slice(proxy.url.length);
    proxy.fault({ method: 'PATCH', times: 1, fault: { kind: 'reset-request', afterBytes: 5500 } });
    await expect(plainRequest(proxy, 'PATCH', address, { body: content })).rejects.toThrow(
      /ECONNRESET|hang up|EPIPE/,
    );
    const kept = await plainRequest(proxy, 'GET', address);
    expect([kept.status, kept.headers['range']]).toEqual([204, '0-4999']);
    const next = String(kept.headers['location']).slice(proxy.url.length);
    const wrong = await plainRequest(proxy, 'PATCH', next, {
      body: content,
      headers: { 'content-range': '0-10499' },
    });
    expect([wrong.status, wrong.headers['range']]).toEqual([416, '0-4999']);
    const rest = await plainRequest(proxy, 'PATCH', next, {
      body: content.subarray(5000),
      headers: {
        'content-range': '5000-10499',
      },
    });
    expect([rest.status, rest.headers['range']]).toEqual([202, '0-10499']);
    const last = String(rest.headers['location']).slice(proxy.url.length);
    const digest = sha256Of(content);
    expect((await plainRequest(proxy, 'PUT', `${last}&digest=${digest}`, EMPTY_BODY)).status).toBe(201);
    expect((await plainRequest(registry, 'GET', `/v2/team/app/blobs/${digest}`)).body).toEqual(content);
  });

  it('has a wrong clock', async () => {
    const proxy = await proxied(clockOff(-31_536_000));
    const { headers } = await plainRequest(proxy, 'GET', '/v2/');
    expect(Date.now() - Date.parse(String(headers['date']))).toBeGreaterThan(31_000_000_000);
  });

  it('asks for a user and a password', async () => {
    const proxy = await proxied(basicAuth({ user: 'jo', password: 'secret' }));
    expect((await plainRequest(proxy, 'GET', '/v2/')).headers['www-authenticate']).toMatch(/^Basic realm=/);
    const authorization = `Basic ${Buffer.from('jo:secret').toString('base64')}`;
    expect((await plainRequest({ url: proxy.url, authorization }, 'GET', '/v2/')).status).toBe(200);
  });

  describe('tokens', () => {
    const withTokens = async (options: TokenServerOptions) => {
      const tokens = await startTokenServer(options);
      started.push(tokens);
      return { tokens, proxy: await proxied(tokens.step) };
    };
    const get = (proxy: FaultProxy, token?: string, path = '/v2/team/app/tags/list') =>
      plainRequest({ url: proxy.url, ...(token && { authorization: `Bearer ${token}` }) }, 'GET', path);

    it('are requested, and allow requests in their scope', async () => {
      const { tokens, proxy } = await withTokens({});
      const challenge = (await get(proxy)).headers['www-authenticate'];
      expect(challenge).toBe(
        `Bearer realm="${tokens.url}/token",service="${tokens.service}",scope="repository:team/app:pull"`,
      );
      const { token } = await ask(tokens, 'repository:team/app:pull');
      expect((await get(proxy, token)).status).toBe(200);
      const other = await get(proxy, token, '/v2/team/other/tags/list');
      expect([other.status, other.headers['www-authenticate']]).toEqual([
        401,
        expect.stringContaining('insufficient_scope'),
      ]);
      const from = '/v2/team/b/blobs/uploads/?mount=sha256:0&from=team/a';
      const mount = await plainRequest(proxy, 'POST', from, EMPTY_BODY);
      expect(mount.headers['www-authenticate']).toContain(
        'scope="repository:team/b:pull,push repository:team/a:pull"',
      );
    });

    it('end: after a time, after so many uses, on command', async () => {
      const { tokens, proxy } = await withTokens({ uses: 2, saysSeconds: 600, clockSeconds: 31_536_000 });
      const issued = await ask(tokens, 'repository:team/app:pull');
      expect(issued.expires_in).toBe(600);
      expect(Date.parse(issued.issued_at) - Date.now()).toBeGreaterThan(31_000_000_000);
      const uses = [
        await get(proxy, issued.token),
        await get(proxy, issued.token),
        await get(proxy, issued.token),
      ];
      expect(uses.map(({ status }) => status)).toEqual([200, 200, 401]);
      expect(uses[2]?.headers['www-authenticate']).toContain('error="invalid_token"');
      const second = await ask(tokens, 'repository:team/app:pull');
      tokens.expireAll();
      expect((await get(proxy, second.token)).status).toBe(401);
      tokens.change({ seconds: 0 });
      const third = await ask(tokens, 'repository:team/app:pull');
      await expect.poll(async () => (await get(proxy, third.token)).status).toBe(401);
    });

    it('are for users with access', async () => {
      const user = { user: 'jo', password: 'secret' };
      const { tokens, proxy } = await withTokens({ user, anonymous: 'pull' });
      const scope = 'repository:team/app:pull,push';
      const post = '/v2/team/app/blobs/uploads/';
      const begin = async (token: string) =>
        (await plainRequest({ url: proxy.url, authorization: `Bearer ${token}` }, 'POST', post, EMPTY_BODY))
          .status;
      expect(await begin((await ask(tokens, scope)).token)).toBe(401);
      expect(await begin((await ask(tokens, scope, 'jo:secret')).token)).toBe(202);
      const form = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: tokens.identityToken,
        scope,
      });
      const refreshed = await plainRequest(tokens, 'POST', '/token', { body: Buffer.from(form.toString()) });
      expect(await begin((JSON.parse(refreshed.body.toString()) as { token: string }).token)).toBe(202);
      const wrong = { url: tokens.url, authorization: `Basic ${Buffer.from('jo:wrong').toString('base64')}` };
      expect((await plainRequest(wrong, 'GET', '/token')).status).toBe(401);
      tokens.change({ anonymous: 'nothing' });
      expect((await plainRequest(tokens, 'GET', '/token')).status).toBe(401);
      expect(tokens.requests.map(({ user, status }) => [user, status])).toEqual([
        [undefined, 200],
        ['jo', 200],
        ['<identity token>', 200],
        ['jo', 401],
        [undefined, 401],
      ]);
    });
  });

  it('sends a client elsewhere, which sees what it is sent', async () => {
    const elsewhere = await startFaultProxy(registry, { address: '127.0.0.2' });
    started.push(elsewhere);
    const proxy = await proxied();
    proxy.fault({ path: /tags/, fault: { kind: 'redirect', to: elsewhere.url } });
    const sent = await plainRequest(proxy, 'GET', '/v2/team/app/tags/list?n=1');
    expect([sent.status, sent.headers['location']]).toEqual([
      307,
      `${elsewhere.url}/v2/team/app/tags/list?n=1`,
    ]);
    await plainRequest(
      { url: elsewhere.url, authorization: 'Bearer leaked' },
      'GET',
      '/v2/team/app/tags/list?n=1',
    );
    expect(elsewhere.requests).toMatchObject([{ status: 200, authorization: true }]);
  });
});

async function ask(tokens: TokenServer, scope: string, user?: string) {
  const authorization =
    user === undefined ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
  const path = `/token?service=${tokens.service}&scope=${scope}`;
  const { body } = await plainRequest({ url: tokens.url, ...authorization }, 'GET', path);
  return JSON.parse(body.toString()) as { token: string; expires_in: number; issued_at: string };
}

async function list(proxy: FaultProxy, path: string) {
  const { headers, body } = await plainRequest(proxy, 'GET', path);
  const { manifests } = JSON.parse(body.toString()) as { manifests: { digest: string }[] };
  return {
    digests: manifests.map(({ digest }) => digest),
    next: /<(.+)>/.exec(String(headers['link'] ?? ''))?.[1],
    applied: headers['oci-filters-applied'],
  };
}
