import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  answered,
  atEnd,
  bodyOf,
  failureIn,
  serve,
  talkTo,
  type TalkOptions,
} from './registry-transport-helpers';

const SECRET = 'planted-secret';
const CREDENTIALS = { REGISTRY_USERNAME: 'ada', REGISTRY_PASSWORD: SECRET };
const BASIC = `Basic ${Buffer.from(`ada:${SECRET}`).toString('base64')}`;

interface TokenServer {
  /** Fields of the token service's answer beside the token. */
  readonly fields?: object;
  /** Answers in place of the service. */
  readonly refuse?: number;
  /** Milliseconds the service takes. */
  readonly takes?: number;
  /** Whether a token is good for the registry. */
  readonly accepts?: (token: string) => boolean;
  /** Where the challenge says the service is; default: here. */
  readonly realm?: string;
}

/** A registry with its token service; the tokens are planted-token-1, -2, … */
async function tokenRegistry({
  fields = {},
  refuse,
  takes = 0,
  accepts = () => true,
  realm,
}: TokenServer = {}) {
  const issued: string[] = [];
  const forms: string[] = [];
  const server = await serve(async (request, response) => {
    const form = await text(request);
    if (request.url?.startsWith('/token') === true) {
      await sleep(takes);
      forms.push(form);
      if (refuse !== undefined)
        return response
          .writeHead(refuse)
          .end(JSON.stringify({ errors: [{ code: 'DENIED', message: SECRET }] }));
      issued.push(`planted-token-${issued.length + 1}`);
      return response.end(JSON.stringify({ token: issued.at(-1), ...fields }));
    }
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined && issued.includes(token) && accepts(token)) return response.end('there');
    const where = realm ?? `${server.url}/token?a=b`;
    response.writeHead(401, {
      'www-authenticate': `Bearer realm="${where}",service="the, registry",scope="repository:team/name:pull"`,
    });
    return response.end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: `no ${SECRET}` }] }));
  });
  const tokenRequests = () => server.requests.filter(({ line }) => line.includes('/token'));
  return { ...server, issued, forms, tokenRequests };
}

const LOGGED_IN: TalkOptions = { env: CREDENTIALS };

describe('a registry with a token service', () => {
  it('gets one token for many requests, asked for with service, scope and password', async () => {
    const server = await tokenRegistry();
    const { send, request } = talkTo(server.host, LOGGED_IN);
    for (let i = 0; i < 3; i++) expect(await answered(await send(request('manifests/1')))).toBe('200 there');
    expect(server.tokenRequests()).toMatchObject([
      {
        line: 'GET /token?a=b&service=the%2C+registry&scope=repository%3Ateam%2Fname%3Apull',
        headers: { authorization: BASIC },
      },
    ]);
    expect(server.requests).toHaveLength(5);
  });

  it('gives an anonymous token to who has no credentials', async () => {
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

  it('gets a new token before the old one expires', async () => {
    let now = 0;
    const server = await tokenRegistry({ fields: { expires_in: 300 } });
    const { send, request } = talkTo(server.host, { ...LOGGED_IN, seams: { now: () => now } });
    await answered(await send(request('manifests/1')));
    now += 280_000;
    await answered(await send(request('manifests/1')));
    now += 10_000;
    await answered(await send(request('manifests/1')));
    expect(server.tokenRequests()).toHaveLength(2);
    expect(server.requests).toHaveLength(6);
  });

  it('gets the whole body again with a new token where the old one expired in the middle of a push', async () => {
    let stale = '';
    const server = await tokenRegistry({ accepts: (token) => token !== stale });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    await answered(await send(request('manifests/1')));
    stale = 'planted-token-1';
    const body = bodyOf('the layer');
    const upload = request('blobs/uploads/1', { method: 'PATCH', body, repeatable: false });
    expect(await answered(await send(upload))).toBe('200 there');
    expect(body.opened).toBe(2);
    expect(server.issued).toHaveLength(2);
  });

  it('that takes none of its own tokens is asked twice, not for ever', async () => {
    const server = await tokenRegistry({ accepts: () => false });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    const failure = failureIn(await send(request('manifests/1', { method: 'PUT', scope: ['pull', 'push'] })));
    expect(failure).toMatchObject({ code: 'registry-auth', details: ['UNAUTHORIZED: no ***'] });
    expect(failure.message).toContain(`may not push to ${server.host}/team/name`);
    expect(server.requests).toHaveLength(3);
  });

  it('may be somewhere else, where the password goes but the token does not', async () => {
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

  it('that has expired is told as such', async () => {
    const server = await tokenRegistry({ refuse: 400 });
    const { send, request } = talkTo(server.host, {
      env: await helperEnv(`{"Username":"<token>","Secret":"${SECRET}"}`),
    });
    expect(failureIn(await send(request('manifests/1'))).message).toContain('wrong or expired credentials');
  });
});

describe('a login that fails', () => {
  it('for wrong credentials says where they came from, and is tried once in a run', async () => {
    const server = await tokenRegistry({ refuse: 401 });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    const failure = failureIn(await send(request('manifests/1')));
    expect(failure).toMatchObject({ code: 'registry-auth', details: ['DENIED: ***'] });
    expect(failure.message).toBe(
      `Could not read the manifest of jq: ${server.host} says wrong or expired credentials; they came from REGISTRY_USERNAME and REGISTRY_PASSWORD.`,
    );
    expect(failureIn(await send(request('manifests/2')))).toMatchObject({ code: 'registry-auth' });
    expect(server.tokenRequests()).toHaveLength(1);
  });

  it('for want of credentials says how to log in', async () => {
    for (const refuse of [401, 403]) {
      const server = await tokenRegistry({ refuse });
      const { send, request } = talkTo(server.host);
      const failure = failureIn(await send(request('manifests/1')));
      expect(failure.message).toContain(`there are no credentials for ${server.host}`);
      expect(failure.hint).toBe(
        `To log in, run "docker login ${server.host}", or set REGISTRY_USERNAME and REGISTRY_PASSWORD.`,
      );
    }
  });

  it.each([
    ['', 'answers 401 without a challenge'],
    ['Negotiate', 'Negotiate'],
    ['Bearer realm="https://auth.example', 'token service has no address'],
    ['Bearer realm="/token"', 'token service has no address'],
    ['Bearer realm="ftp://127.0.0.1/"', 'not on https: '],
  ])('for the challenge %s is told as such', async (challenge, why) => {
    const server = await serve((_, response) =>
      response.writeHead(401, { 'www-authenticate': challenge }).end(),
    );
    const { send, request } = talkTo(server.host, LOGGED_IN);
    const failure = failureIn(await send(request('manifests/1')));
    expect(failure.code).toBe('registry-auth');
    expect(failure.message).toContain(why);
  });

  it('for an answer without a token is told as such', async () => {
    const server = await tokenRegistry({ fields: { token: 'two\nlines' } });
    const { send, request } = talkTo(server.host, LOGGED_IN);
    expect(failureIn(await send(request('manifests/1'))).message).toContain('no token came from');
  });

  it('for a token service in a private network is refused, unless the registry is in it too', async () => {
    const inside = await serve((_, response) => response.end('{"token":"x"}'), '127.0.0.2');
    const server = await tokenRegistry({ realm: `http://inside.invalid:${inside.port}/token` });
    const seams = {
      isSpecial: (address: string) => address === '127.0.0.2',
      resolve: async (host: string) => [
        { address: host === 'inside.invalid' ? '127.0.0.2' : '127.0.0.1', family: 4 },
      ],
    };
    const { send, request } = talkTo(`registry.invalid:${server.port}`, {
      ...LOGGED_IN,
      plainHttp: true,
      seams,
    });
    expect(failureIn(await send(request('manifests/1'))).message).toContain('private network');
    expect(inside.requests).toEqual([]);
  });

  it('for a fault of the token service is tried again first', async () => {
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

  it('gets them when it has asked, and from then on at once', async () => {
    const server = await basic(200);
    const { send, request } = talkTo(server.host, LOGGED_IN);
    for (let i = 0; i < 2; i++) expect(await answered(await send(request('manifests/1')))).toBe('200 there');
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, BASIC, BASIC]);
  });

  it('that does not like them', async () => {
    const server = await basic(401);
    const { send, request } = talkTo(server.host, LOGGED_IN);
    expect(failureIn(await send(request('manifests/1'))).message).toContain('wrong or expired credentials');
    failureIn(await send(request('manifests/1')));
    expect(server.requests).toHaveLength(2);
  });

  it('that lets them not do it', async () => {
    const server = await basic(403);
    const { send, request } = talkTo(server.host, LOGGED_IN);
    const put = request('manifests/1', { method: 'PUT', scope: ['pull', 'push'] });
    expect(failureIn(await send(put)).message).toContain(
      `the user of REGISTRY_USERNAME and REGISTRY_PASSWORD may not push to ${server.host}/team/name`,
    );
  });

  it('and no one has any', async () => {
    const server = await basic(200);
    const { send, request } = talkTo(server.host);
    expect(failureIn(await send(request('manifests/1'))).message).toContain('there are no credentials');
  });
});

/** An environment whose docker configuration has a helper that answers so. */
async function helperEnv(answer: string): Promise<NodeJS.ProcessEnv> {
  const folder = await mkdtemp(join(tmpdir(), 'helper-'));
  atEnd(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'docker-credential-test'), `#!/bin/sh\ncat >/dev/null\necho '${answer}'\n`);
  await chmod(join(folder, 'docker-credential-test'), 0o755);
  await writeFile(join(folder, 'config.json'), '{"credsStore":"test"}');
  return { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` };
}
