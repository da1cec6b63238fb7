import { describe, expect, it } from 'vitest';
import { failuresOf } from '@image-tooling/testkit/helpers';
import { BASIC, LOGGED_IN, tokenRegistry } from './registry-auth-helpers';
import { opened } from './registry-helpers';
import { answered, failureIn, serve, talkTo } from './registry-transport-helpers';

describe('a login that fails', () => {
  it('for wrong credentials says where they came from, and is tried once in a run', async () => {
    const server = await tokenRegistry({ refuse: 401 });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    const failure = failureIn(await send(request('manifests/1')));
    expect(failure).toMatchObject({ code: 'registry-auth', details: ['DENIED: ***'] });
    expect(failure.message).toBe(
      `Could not read the manifest of jq: ${server.host} rejects the credentials as wrong or expired (401); they came from REGISTRY_USERNAME and REGISTRY_PASSWORD.`,
    );
    expect(failureIn(await send(request('manifests/2')))).toMatchObject({ code: 'registry-auth' });
    expect(server.tokenRequests()).toHaveLength(1);
  });

  it.each([
    [401, 'requires a login (401), and there are no credentials for it.', 'To log in, '],
    [
      403,
      'refuses it (403); the request was sent without a login, because there are no',
      'If it needs a login, ',
    ],
  ])('without credentials says how to log in: %i', async (refuse, says, hint) => {
    const server = await tokenRegistry({ refuse });
    const { send, request } = talkTo(server.host);
    const failure = failureIn(await send(request('manifests/1')));
    expect(failure.message).toContain(`Could not read the manifest of jq: ${server.host} ${says}`);
    expect(failure.hint).toContain(
      `${hint}run "docker login ${server.host}", or set REGISTRY_USERNAME and REGISTRY_PASSWORD.`,
    );
  });

  it.each([
    [
      'without credentials',
      {},
      'the request was sent without a login, because there are no credentials for this registry.',
    ],
    ['and some were found', LOGGED_IN, 'without asking for a login; the credentials of REGISTRY_USERNAME'],
  ])('with 403 before any login says that nothing was sent, %s', async (_, options, says) => {
    const server = await serve((_request, response) => response.writeHead(403).end());
    const { send, request } = talkTo(server.host, options);
    const failure = failureIn(await send(request('blobs/1')));
    expect(failure).toMatchObject({ code: 'registry-auth' });
    expect(failure.message).toContain(says);
    expect(server.requests).toHaveLength(1);
  });

  it('with 403 after an anonymous token says so', async () => {
    const service = await serve((_, response) => response.end('{"token":"planted-token"}'));
    const server = await serve((request, response) => {
      const status = request.headers.authorization === undefined ? 401 : 403;
      response.writeHead(status, { 'www-authenticate': `Bearer realm="${service.url}"` }).end();
    });
    const { send, request } = talkTo(server.host);
    expect(failureIn(await send(request('blobs/1'))).message).toContain(
      'refuses it (403); the request was sent with an anonymous token, because there are no credentials for this registry',
    );
  });

  it('at a redirect names that server, and that no login was sent', async () => {
    const store = await serve((_, response) => response.writeHead(403).end('<Code>AccessDenied</Code>'));
    const server = await serve((request, response) => {
      if (request.headers.authorization === BASIC) response.writeHead(307, { location: store.url }).end();
      else response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
    });
    const to = opened(server.host, 'team/name', LOGGED_IN);
    const [failure] = failuresOf(await to.hasBlob(`sha256:${'0'.repeat(64)}`));
    expect(failure.message).toContain(`${store.host} answered 403`);
    expect(failure.hint).toContain('This host got no credentials: they are sent to the registry only.');
  });

  it.each([
    ['', 'answers 401 without a challenge'],
    ['Negotiate', 'Negotiate'],
    ['Bearer realm="https://auth.example', 'token service has no URL'],
    ['Bearer realm="/token"', 'token service has no URL'],
    ['Bearer realm="ftp://127.0.0.1/"', 'does not use https: '],
  ])('for the challenge %s is reported', async (challenge, why) => {
    const server = await serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': challenge }).end(),
    );
    const { send, request } = talkTo(server.host, LOGGED_IN);
    const failure = failureIn(await send(request('manifests/1')));
    expect(failure.code).toBe('registry-auth');
    expect(failure.message).toContain(why);
  });

  it('for an answer without a token is reported', async () => {
    const server = await tokenRegistry({ fields: { token: 'two\nlines' } });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    expect(failureIn(await send(request('manifests/1'))).message).toContain('no token came from');
  });

  it('for a token service in a private network is refused, unless the registry is in it too', async () => {
    const inside = await serve((_, response) => response.end('{"token":"x"}'), '127.0.0.2');
    const server = await tokenRegistry({ realm: `http://inside.invalid:${inside.port}/token` });
    const testHooks = {
      isSpecial: (address: string) => address === '127.0.0.2',
      resolve: async (host: string) => [
        { address: host === 'inside.invalid' ? '127.0.0.2' : '127.0.0.1', family: 4 },
      ],
    };
    const { send, request } = talkTo(`registry.invalid:${server.port}`, {
      ...LOGGED_IN,
      plainHttp: true,
      testHooks,
    });
    expect(failureIn(await send(request('manifests/1'))).message).toContain('private network');
    expect(inside.requests).toEqual([]);
  });

  it('by a temporary failure of the token service is tried again first', async () => {
    const server = await tokenRegistry({ refuse: 503 });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    const failure = failureIn(await send(request('manifests/1')));
    expect(failure.code).toBe('http-status');
    expect(failure.message).toContain(`log in to ${server.host} (to read the manifest of jq)`);
    expect(server.tokenRequests()).toHaveLength(3);
  });
});

describe('a registry with user name and password', () => {
  const basic = (status: number) =>
    serve((request, response) => {
      const given = request.headers.authorization === BASIC;
      response.writeHead(given ? status : 401, { 'www-authenticate': 'Basic realm="x"' }).end('there');
    });

  it('gets them after its challenge, and from then on at once', async () => {
    const server = await basic(200);
    const { send, request } = talkTo(server.host, LOGGED_IN);
    for (let i = 0; i < 2; i++) expect(await answered(await send(request('manifests/1')))).toBe('200 there');
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, BASIC, BASIC]);
  });

  it('that rejects them', async () => {
    const server = await basic(401);
    const { send, request } = talkTo(server.host, LOGGED_IN);
    expect(failureIn(await send(request('manifests/1'))).message).toContain(
      'the credentials as wrong or expired',
    );
    failureIn(await send(request('manifests/1')));
    expect(server.requests).toHaveLength(2);
  });

  it('that denies access to them', async () => {
    const server = await basic(403);
    const { send, request } = talkTo(server.host, LOGGED_IN);
    const put = request('manifests/1', { method: 'PUT', scope: ['pull', 'push'] });
    expect(failureIn(await send(put)).message).toContain(
      `refuses it (403): the user of REGISTRY_USERNAME and REGISTRY_PASSWORD may not push to ${server.host}/team/name`,
    );
  });

  it('without credentials', async () => {
    const server = await basic(200);
    const { send, request } = talkTo(server.host);
    expect(failureIn(await send(request('manifests/1'))).message).toContain('there are no credentials');
  });
});
