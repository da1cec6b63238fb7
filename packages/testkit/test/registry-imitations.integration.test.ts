import { afterEach, describe, expect, it } from 'vitest';
import {
  imitatedVendors,
  EMPTY_BODY,
  plainRequest,
  pushPlainBlob,
  pushPlainImage,
  startImitation,
  whyNoRegistry,
  type Imitation,
  type ImitationOptions,
  type Vendor,
} from '@image-tooling/testkit';

const missing = whyNoRegistry();

describe('an imitation of', () => {
  if (missing !== undefined) {
    it('is not tried', (context) => context.skip(missing));
    return;
  }
  const started: Imitation[] = [];
  const start = async (vendor: Vendor, options?: ImitationOptions) => {
    const imitation = await startImitation(vendor, options);
    started.push(imitation);
    return { imitation, client: { url: imitation.proxy.url, authorization: await authorization(imitation) } };
  };
  afterEach(async () => {
    for (const one of started.splice(0)) await one.stop();
  });

  it.each(imitatedVendors)('%s takes a push with credentials, and none without', async (vendor) => {
    const { imitation, client } = await start(vendor);
    await pushPlainImage(client, 'team/app', 'layer', { tag: '1' });
    const without = await plainRequest(imitation.proxy, 'GET', '/v2/team/app/tags/list');
    expect([without.status, without.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^(Basic|Bearer) /),
    ]);
  });

  it('Docker Hub counts pulls, refuses what is too many, and deletes nothing', async () => {
    const { client } = await start('docker-hub', { pulls: 1 });
    const { digest } = await pushPlainImage(client, 'team/app', 'layer', { tag: '1' });
    const path = '/v2/team/app/manifests/1';
    expect((await plainRequest(client, 'HEAD', path)).headers['ratelimit-remaining']).toBe('1;w=21600');
    expect((await plainRequest(client, 'GET', path)).headers['ratelimit-remaining']).toBe('0;w=21600');
    const third = await plainRequest(client, 'GET', path);
    expect([third.status, third.body.toString()]).toEqual([429, expect.stringContaining('TOOMANYREQUESTS')]);
    expect((await plainRequest(client, 'DELETE', `/v2/team/app/manifests/${digest}`)).status).toBe(405);
  });

  it('GHCR refuses chunks over 4 MiB, has no referrers API, and deletes nothing', async () => {
    const { imitation, client } = await start('ghcr');
    const { digest } = await pushPlainImage(client, 'team/app', 'layer', { tag: '1' });
    const upload = await plainRequest(client, 'POST', '/v2/team/app/blobs/uploads/', EMPTY_BODY);
    const to = String(upload.headers['location']).slice(imitation.proxy.url.length);
    const large = Buffer.alloc(4 * 1024 * 1024 + 1);
    const range = { 'content-range': `0-${large.length - 1}` };
    expect((await plainRequest(client, 'PATCH', to, { body: large, headers: range })).status).toBe(416);
    expect((await plainRequest(client, 'GET', `/v2/team/app/referrers/${digest}`)).status).toBe(404);
    expect((await plainRequest(client, 'DELETE', `/v2/team/app/manifests/${digest}`)).status).toBe(405);
  });

  it('ECR refuses existing tags, unknown repositories, and a second chunk', async () => {
    const { imitation, client } = await start('ecr');
    await pushPlainImage(client, 'team/app', 'layer', { tag: '1' });
    await expect(pushPlainImage(client, 'team/app', 'layer', { tag: '1' })).rejects.toThrow(
      /400.*TAG_INVALID.*immutable/,
    );
    const unknown = await plainRequest(client, 'POST', '/v2/team/none/blobs/uploads/', EMPTY_BODY);
    expect([unknown.status, unknown.body.toString()]).toEqual([404, expect.stringContaining('NAME_UNKNOWN')]);
    const upload = await plainRequest(client, 'POST', '/v2/team/app/blobs/uploads/', EMPTY_BODY);
    const to = String(upload.headers['location']).slice(imitation.proxy.url.length);
    const later = await plainRequest(client, 'PATCH', to, {
      body: Buffer.from('later'),
      headers: { 'content-range': '5-9' },
    });
    expect([later.status, later.headers['range']]).toEqual([201, '0-4']);
  });

  it('Harbor takes no push to, and no mount from, a project that is not there', async () => {
    const { client } = await start('harbor');
    const { digest, layer } = await pushPlainImage(client, 'team/app', 'layer', { tag: '1' });
    const post = async (path: string) => (await plainRequest(client, 'POST', path, EMPTY_BODY)).status;
    expect(await post('/v2/none/app/blobs/uploads/')).toBe(401);
    expect(await post(`/v2/team/app/blobs/uploads/?mount=${layer}&from=none/app`)).toBe(401);
    expect((await plainRequest(client, 'GET', `/v2/team/app/referrers/${digest}`)).status).toBe(200);
  });

  it('Nexus refuses existing tags except latest, existing blobs, and mounts', async () => {
    const { client } = await start('nexus');
    const { layer } = await pushPlainImage(client, 'team/app', 'layer', { tag: '1' });
    await expect(pushPlainBlob(client, 'team/app', Buffer.from('layer'))).rejects.toThrow(
      /400.*cannot be updated/,
    );
    const manifest = await plainRequest(client, 'GET', '/v2/team/app/manifests/1');
    const type = { 'content-type': String(manifest.headers['content-type']) };
    const put = async (tag: string) =>
      (
        await plainRequest(client, 'PUT', `/v2/team/app/manifests/${tag}`, {
          body: manifest.body,
          headers: type,
        })
      ).status;
    expect([await put('1'), await put('latest'), await put('latest')]).toEqual([400, 201, 201]);
    const mount = `/v2/team/other/blobs/uploads/?mount=${layer}&from=team/app`;
    expect((await plainRequest(client, 'POST', mount, EMPTY_BODY)).status).toBe(202);
  });
});

/** Credentials for everything that these tests do. */
async function authorization({ vendor, tokens, user }: Imitation): Promise<string> {
  const basic = `Basic ${Buffer.from(`${user.user}:${user.password}`).toString('base64')}`;
  if (vendor === 'ecr' || vendor === 'nexus') return basic;
  const scopes = ['team/app', 'team/other', 'none/app'].map(
    (name) => `scope=repository:${name}:pull,push,delete`,
  );
  const { body } = await plainRequest(
    { url: tokens.url, authorization: basic },
    'GET',
    `/token?${scopes.join('&')}`,
  );
  return `Bearer ${(JSON.parse(body.toString()) as { token: string }).token}`;
}
