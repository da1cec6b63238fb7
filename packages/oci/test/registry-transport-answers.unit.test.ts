import { createServer, type RequestListener } from 'node:http';
import { startForwardProxy } from '@image-tooling/testkit';
import { describe, expect, it } from 'vitest';
import { repositoryBase } from '../src/registry/transport/base';
import { refusalOf } from '../src/registry/answers/refusal';
import { answered, atEnd, bodyOf, failureIn, listen, serve, talkTo } from './registry-transport-helpers';

const SECRET = 'planted-secret';
const CREDENTIALS = { REGISTRY_USERNAME: 'ada', REGISTRY_PASSWORD: SECRET };

describe('the base of a repository', () => {
  it.each([
    ['registry.example', 'team/name', 'https://registry.example/v2/team/name/'],
    ['registry.example:5000', 'name', 'https://registry.example:5000/v2/name/'],
    ['localhost:5000', 'name', 'http://localhost:5000/v2/name/'],
    ['127.8.8.8', 'name', 'http://127.8.8.8/v2/name/'],
    ['[::1]:5000', 'name', 'http://[::1]:5000/v2/name/'],
    ['localhost.example', 'name', 'https://localhost.example/v2/name/'],
    ['docker.io', 'debian', 'https://registry-1.docker.io/v2/library/debian/'],
    ['docker.io', 'team/name', 'https://registry-1.docker.io/v2/team/name/'],
  ])('%s/%s is at %s', (registry, path, url) =>
    expect(repositoryBase({ registry, path }).url.href).toBe(url),
  );

  it('is on http if requested', () => {
    expect(repositoryBase({ registry: 'registry.example', path: 'name' }, true).url.protocol).toBe('http:');
  });
});

describe('a refusal', () => {
  const errors = (code: string, message: string) =>
    JSON.stringify({ errors: [{ code, message, detail: {} }] });
  /** As Distribution 2.8 with the file system driver. */
  const diskError = (Err: number) => {
    const detail = { DriverName: 'filesystem', Enclosed: { Op: 'write', Path: '/var/lib/registry', Err } };
    return JSON.stringify({ errors: [{ code: 'UNKNOWN', message: 'unknown error', detail }] });
  };

  it.each([
    [405, errors('UNSUPPORTED', 'The operation is unsupported.'), 'registry-refused', 'accepts no writes'],
    [507, '', 'registry-full', 'no space left'],
    [500, errors('UNKNOWN', 'write /data: no space left on device'), 'registry-full', 'no space left'],
    [500, diskError(28), 'registry-full', 'no space left'],
    [500, diskError(5), 'http-status', 'server error'],
    [404, errors('NAME_UNKNOWN', 'repository name not known to registry'), 'gone', 'no such repository'],
    [
      413,
      '<html><head><title>x</title></head><h1>413 Too Large</h1></html>',
      'registry-refused',
      'too large',
    ],
    [500, 'oops', 'http-status', 'answered 500 (server error)'],
    [400, errors('MANIFEST_INVALID', 'manifest invalid'), 'http-status', 'answered 400'],
  ])('%i %s is %s', async (status, body, code, words) => {
    const server = await serve((_, response) => response.writeHead(status).end(body));
    const { send, request } = talkTo(server.host, { timings: { tries: 1 } });
    const put = request('manifests/1', { method: 'PUT', purpose: 'push the manifest of jq' });
    const result = await send(put);
    if (!result.ok) throw new Error(result.failures[0].message);
    const failure = (await refusalOf(result.value, put)).failure;
    expect(failure.code).toBe(code);
    expect(failure.message).toContain('Could not push the manifest of jq: ');
    expect(failure.message).toContain(words);
  });

  it('of a registry in read-only mode does not mention credentials', async () => {
    const server = await serve((_, response) =>
      response.writeHead(403).end(errors('DENIED', 'The system is in read only mode.')),
    );
    const { send, request } = talkTo(server.host);
    const failure = failureIn(await send(request('manifests/1', { method: 'PUT' })));
    expect(failure).toMatchObject({
      code: 'registry-refused',
      details: ['DENIED: The system is in read only mode.: {}'],
    });
  });

  it('shows the text of a page, shortened, without secrets', async () => {
    const page = `<html><head><style>p{}</style></head><body><p>no ${SECRET}</p>\n<p>${'x'.repeat(5000)}</p></body></html>`;
    const server = await serve((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else response.writeHead(400).end(page);
    });
    const { send, request } = talkTo(server.host, { env: CREDENTIALS });
    const result = await send(request('manifests/1'));
    if (!result.ok) throw new Error(result.failures[0].message);
    const { details } = (await refusalOf(result.value, request('manifests/1'))).failure;
    expect(details).toEqual(['no ***', `${'x'.repeat(300)}…`]);
  });
});

describe('a dry run', () => {
  it('reads, and answers writes as a registry would', async () => {
    const server = await serve((_, response) => response.end('there'));
    const { send, request, records } = talkTo(server.host, { dryRun: true });
    const digest = `sha256:${'a'.repeat(64)}`;
    const write = async (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, text = '') => {
      const result = await send(request(path, { method, ...(text !== '' && { body: bodyOf(text) }) }));
      if (!result.ok) throw new Error(result.failures[0].message);
      const { location, range, 'docker-content-digest': told } = result.value.headers;
      return [result.value.status, location, range ?? told];
    };
    const uploads = '/v2/team/name/blobs/uploads';
    expect(await answered(await send(request('manifests/1')))).toBe('200 there');
    expect(await write('POST', 'blobs/uploads/')).toEqual([202, `${uploads}/dry-run`, '0-0']);
    expect(await write('PATCH', 'blobs/uploads/dry-run', 'hello')).toEqual([
      202,
      `${uploads}/dry-run`,
      '0-4',
    ]);
    expect(await write('PUT', `blobs/uploads/dry-run?digest=${digest}`)).toEqual([
      201,
      `/v2/team/name/blobs/${digest}`,
      digest,
    ]);
    expect(await write('POST', `blobs/uploads/?mount=${digest}&from=team/other`)).toEqual([
      201,
      `/v2/team/name/blobs/${digest}`,
      digest,
    ]);
    expect(await write('PUT', `manifests/${digest}`, 'x')).toEqual([
      201,
      `/v2/team/name/manifests/${digest}`,
      digest,
    ]);
    expect(await write('PUT', 'manifests/1.2.3', 'hello')).toEqual([
      201,
      '/v2/team/name/manifests/1.2.3',
      'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    ]);
    expect(await write('DELETE', `manifests/${digest}`)).toEqual([202, undefined, undefined]);
    expect(server.requests).toHaveLength(1);
    expect(records).toHaveLength(8);
    expect(records.slice(1).every(({ status, sentBytes }) => status === undefined && sentBytes === 0)).toBe(
      true,
    );
    expect(records[4]?.url).toContain('from=team/other');
    expect(records.map(({ bodyBytes }) => bodyBytes)).toEqual([undefined, 0, 5, 0, 0, 1, 5, 0]);
  });
});

describe('a secret', () => {
  it('is in no message, record or note, whatever the registry answers', async () => {
    const token = 'planted-token-of-the-service';
    const echo: RequestListener = (request, response) => {
      const authorization = request.headers.authorization ?? '';
      const said = `${SECRET} ${token} ${authorization} ${encodeURIComponent(SECRET)} ${request.url}`;
      if (request.url?.startsWith('/token') === true) response.end(JSON.stringify({ token }));
      else if (!authorization.startsWith('Bearer'))
        response
          .writeHead(401, { 'www-authenticate': `Bearer realm="http://ada:${SECRET}@${server.host}/token"` })
          .end();
      else {
        const status = Number(/\d+$/.exec(request.url ?? '')?.[0]);
        response.writeHead(status, { 'retry-after': '0', location: `/v2/x?sig=${SECRET}&status=200` });
        response.end(JSON.stringify({ errors: [{ code: said, message: said, detail: { said } }] }));
      }
    };
    const server = await serve(echo);
    const { send, request, records, notes } = talkTo(server.host, {
      env: CREDENTIALS,
      timings: { tries: 2 },
    });
    const failures = [];
    for (const status of [400, 401, 403, 404, 405, 429, 500, 503, 507]) {
      const asked = request(`manifests/?sig=${SECRET}&status=${status}`, { method: 'PUT' });
      const result = await send(asked);
      failures.push(result.ok ? (await refusalOf(result.value, asked)).failure : result.failures[0]);
    }
    expect(failures).toHaveLength(9);
    expect(records.length).toBeGreaterThan(9);
    const told = JSON.stringify([failures, records, notes]);
    expect(told).toContain('***');
    expect(told).not.toContain(SECRET);
    expect(told).not.toContain(token);
    expect(told).not.toContain(Buffer.from(`ada:${SECRET}`).toString('base64'));
  });
});

describe('a proxy', () => {
  /** A proxy that resolves registry.invalid, which DNS does not. */
  async function proxyTo(port: number, options: { status?: number; login?: string } = {}) {
    const proxy = await startForwardProxy({ route: () => port, ...options });
    atEnd(() => proxy.stop());
    return proxy;
  }

  it('from the environment is used, with its password', async () => {
    const server = await serve((_, response) => response.end('there'));
    const proxy = await proxyTo(server.port, { login: `ada:${SECRET}` });
    const env = { HTTP_PROXY: `http://ada:${SECRET}@${proxy.host}` };
    const { send, request } = talkTo('registry.invalid', { env, plainHttp: true });
    expect(await answered(await send(request('manifests/1')))).toBe('200 there');
    expect(proxy.asked).toEqual(['GET http://registry.invalid/v2/team/name/manifests/1']);
  });

  it('is not used for localhost, nor for hosts in NO_PROXY', async () => {
    const server = await serve((_, response) => response.end('there'));
    const proxy = await proxyTo(server.port);
    const env = { http_proxy: `http://${proxy.host}`, no_proxy: 'registry.invalid' };
    const here = talkTo(server.host, { env });
    expect(await answered(await here.send(here.request('manifests/1')))).toBe('200 there');
    const testHooks = { resolve: async () => [{ address: '127.0.0.1', family: 4 }] };
    const named = talkTo(`registry.invalid:${server.port}`, { env, plainHttp: true, testHooks });
    expect(await answered(await named.send(named.request('manifests/1')))).toBe('200 there');
    expect(proxy.asked).toEqual([]);
  });

  it('that refuses is reported with its status', async () => {
    const proxy = await proxyTo(0, { status: 407 });
    const env = { HTTP_PROXY: `http://${proxy.host}` };
    const { send, request } = talkTo('registry.invalid', { env, plainHttp: true });
    const failure = failureIn(await send(request('manifests/1')));
    expect(failure.message).toContain('which requires a user name and password (407)');
  });

  it('that is invalid does not matter for localhost', async () => {
    const server = await serve((_, response) => response.end('there'));
    const env = { http_proxy: 'ftp://proxy.example', https_proxy: '://', all_proxy: '://' };
    const { send, request } = talkTo(server.host, { env });
    expect(await answered(await send(request('manifests/1')))).toBe('200 there');
  });

  it.each(['ftp://proxy.example', `http://ada:${SECRET}%@proxy.example`, `://${SECRET}`])(
    'that is invalid is a failure: %s',
    async (value) => {
      const { send, request } = talkTo('registry.invalid', { env: { https_proxy: value } });
      const failure = failureIn(await send(request('manifests/1')));
      expect(failure.message).toContain('HTTPS_PROXY is not the URL of a proxy');
      expect(JSON.stringify(failure)).not.toContain(SECRET);
    },
  );
});

describe('close', () => {
  it('ends idle connections, and a body that is being read', async () => {
    const open = new Set<unknown>();
    const server = createServer((_, response) => {
      response.write('half');
    });
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
    const { send, request } = talkTo(`127.0.0.1:${await listen(server, '127.0.0.1')}`);
    const result = await send(request('blobs/1'));
    expect(open.size).toBe(1);
    await send.close();
    await expect.poll(() => open.size).toBe(0);
    await expect(answered(result)).rejects.toThrow('its connections were closed locally');
  });
});
