import { describe, expect, it } from 'vitest';
import { BASIC, helperEnv, LOGGED_IN, SECRET, tokenRegistry } from './registry-auth-helpers';
import { answered, bodyOf, failureIn, serve, talkTo, type TestServer } from './registry-transport-helpers';

/** What a registry and its token service were asked for, in order. */
function pathsOf({ requests }: TestServer): string[] {
  return requests.map(({ line }) => (line.includes(' /token') ? 'token' : (line.split(/[ /]/).at(-2) ?? '')));
}

describe('a registry with a token service', () => {
  it('gives one token for many requests, by service, scope and password', async () => {
    const server = await tokenRegistry();
    const { send, request } = talkTo(server.host, LOGGED_IN);
    for (let i = 0; i < 3; i++) expect(await answered(await send(request('manifests/1')))).toBe('200 there');
    expect(server.tokenRequests()).toMatchObject([
      {
        line: 'GET /token?a=b&service=the%2C+registry&scope=repository%3Ateam%2Fname%3Apull',
        headers: { authorization: BASIC },
      },
    ]);
    expect(pathsOf(server)).toEqual(['manifests', 'token', 'manifests', 'manifests', 'manifests']);
  });

  it('gives an anonymous token to a client without credentials', async () => {
    const server = await tokenRegistry({ fields: { token: undefined, access_token: 'planted-token-1' } });
    const { send, request } = talkTo(server.host);
    expect(await answered(await send(request('manifests/1')))).toBe('200 there');
    expect(server.tokenRequests()[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is asked for one token by many requests at once', async () => {
    const server = await tokenRegistry({ takes: 40 });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    const results = await Promise.all(Array.from({ length: 20 }, () => send(request('manifests/1'))));
    for (const result of results) expect(await answered(result)).toBe('200 there');
    expect(server.tokenRequests()).toHaveLength(1);
  });

  it('is asked again for more rights, and not again for fewer', async () => {
    const server = await tokenRegistry({ accepts: (token) => server.issued.at(-1) === token });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    for (const scope of [['pull'], ['pull', 'push'], ['push'], ['pull']])
      expect(await answered(await send(request('manifests/1', { scope })))).toBe('200 there');
    expect(
      server.tokenRequests().map(({ line }) => decodeURIComponent(line.split('scope=')[1] ?? '')),
    ).toEqual(['repository:team/name:pull', 'repository:team/name:pull,push']);
  });

  it('gives a new token before the old one expires', async () => {
    let now = 0;
    const server = await tokenRegistry({ fields: { expires_in: 300 } });
    const { send, request } = talkTo(server.host, { ...LOGGED_IN, testHooks: { now: () => now } });
    await answered(await send(request('manifests/1')));
    now += 280_000;
    await answered(await send(request('manifests/1')));
    now += 10_000;
    await answered(await send(request('manifests/1')));
    // The third request gets a new token before it is sent.
    expect(pathsOf(server)).toEqual(['manifests', 'token', 'manifests', 'manifests', 'token', 'manifests']);
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer planted-token-2');
  });

  it('gets the whole body again with a new token if the old one expired during a push', async () => {
    let stale = '';
    const server = await tokenRegistry({ accepts: (token) => token !== stale });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    await answered(await send(request('manifests/1')));
    stale = 'planted-token-1';
    const body = bodyOf('the layer');
    const upload = request('blobs/uploads/1', { method: 'PATCH', body, repeatable: false });
    expect(await answered(await send(upload))).toBe('200 there');
    expect(body.opened).toBe(2);
    expect(server.issued).toEqual(['planted-token-1', 'planted-token-2']);
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer planted-token-2');
  });

  it('gives a new token after it refused one, also if an older one is known', async () => {
    const stale = new Set<string>();
    const server = await tokenRegistry({ accepts: (token) => !stale.has(token) });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    for (const scope of [['pull'], ['pull', 'push']])
      await answered(await send(request('manifests/1', { scope })));
    for (const token of server.issued) stale.add(token);
    expect(await answered(await send(request('manifests/1', { scope: ['pull'] })))).toBe('200 there');
    expect(server.issued).toEqual(['planted-token-1', 'planted-token-2', 'planted-token-3']);
  });

  it('that accepts none of its own tokens is asked twice, not for ever', async () => {
    const server = await tokenRegistry({ accepts: () => false });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    const failure = failureIn(await send(request('manifests/1', { method: 'PUT', scope: ['pull', 'push'] })));
    expect(failure).toMatchObject({ code: 'registry-auth', details: ['UNAUTHORIZED: no ***'] });
    expect(failure.message).toContain(`may not push to ${server.host}/team/name`);
    expect(pathsOf(server)).toEqual(['manifests', 'token', 'manifests']);
  });

  it('may use another server, which gets the password but not the token', async () => {
    const other = await tokenRegistry();
    const server = await tokenRegistry({ realm: `${other.url}/token` });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    failureIn(await send(request('manifests/1')));
    expect(other.requests[0]?.headers.authorization).toBe(BASIC);
    expect(server.requests[1]?.headers.authorization).toBe('Bearer planted-token-1');
  });
});

describe('an identity token', () => {
  it('is exchanged by a POST', async () => {
    const server = await tokenRegistry({ fields: { token: undefined, access_token: 'planted-token-1' } });
    const { send, request } = talkTo(server.host, {
      env: await helperEnv(`{"Username":"<token>","Secret":"${SECRET}"}`),
    });
    expect(await answered(await send(request('manifests/1')))).toBe('200 there');
    expect(Object.fromEntries(new URLSearchParams(server.forms[0]))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: SECRET,
      service: 'the, registry',
      client_id: 'image-tooling',
      scope: 'repository:team/name:pull',
    });
  });

  it('is not sent to another server', async () => {
    const other = await tokenRegistry();
    const service = await serve((_, response) =>
      response.writeHead(307, { location: `${other.url}/token` }).end(),
    );
    const server = await tokenRegistry({ realm: service.url });
    const { send, request } = talkTo(server.host, {
      env: await helperEnv(`{"Username":"<token>","Secret":"${SECRET}"}`),
    });
    expect(failureIn(await send(request('manifests/1'))).message).toContain('must not get these credentials');
    expect(other.requests).toEqual([]);
  });

  it('that has expired is reported', async () => {
    const server = await tokenRegistry({ refuse: 400 });
    const { send, request } = talkTo(server.host, {
      env: await helperEnv(`{"Username":"<token>","Secret":"${SECRET}"}`),
    });
    expect(failureIn(await send(request('manifests/1'))).message).toContain(
      'the credentials as wrong or expired',
    );
  });
});
