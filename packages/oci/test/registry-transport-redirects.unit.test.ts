import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { isSpecialAddress } from '../src/registry/transport/special-address';
import {
  answered,
  bodyOf,
  failureIn,
  serve,
  talkTo,
  type TalkOptions,
  type TestServer,
} from './registry-transport-helpers';

const BASIC = { REGISTRY_USERNAME: 'ada', REGISTRY_PASSWORD: 'planted-secret' };

/** A registry that wants a login, and then sends its readers elsewhere. */
function sendingTo(location: () => string): Promise<TestServer> {
  return serve((request, response) => {
    if (request.headers.authorization === undefined)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    else response.writeHead(307, { location: location() }).end();
  });
}

/** Where 127.0.0.2 stands for a private network, and 127.0.0.1 for the public one. */
const PUBLIC: TalkOptions = {
  plainHttp: true,
  testHooks: {
    isSpecial: (address) => address.endsWith('127.0.0.2'),
    resolve: async (host) => [{ address: host.startsWith('inside') ? '127.0.0.2' : '127.0.0.1', family: 4 }],
  },
};

describe('a redirect', () => {
  it('to another server is followed without the password', async () => {
    const other = await serve((_, response) => response.end('the blob'));
    const server = await sendingTo(() => `${other.url}/blob?signature=planted`);
    const { send, request, records } = talkTo(server.host, { env: BASIC });
    const headers = { cookie: 'planted', range: 'bytes=0-' };
    expect(await answered(await send(request('blobs/1', { headers })))).toBe('200 the blob');
    expect(server.requests[1]?.headers.authorization).toMatch(/^Basic /);
    expect(other.requests[0]?.headers).toMatchObject({ range: 'bytes=0-' });
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(other.requests[0]?.headers).not.toHaveProperty('cookie');
    expect(records.at(-1)?.url).toBe(`${other.url}/blob?signature=***`);
  });

  it('back to the registry does not send the password again', async () => {
    const other = await serve((_, response) =>
      response.writeHead(302, { location: `${server.url}/v2/back` }).end(),
    );
    const server = await serve((request, response) => {
      if (request.url === '/v2/back') response.end('back');
      else if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else response.writeHead(302, { location: other.url }).end();
    });
    const { send, request } = talkTo(server.host, { env: BASIC });
    expect(await answered(await send(request('blobs/1')))).toBe('200 back');
    expect(server.requests.map(({ line, headers }) => [line, headers.authorization !== undefined])).toEqual([
      ['GET /v2/team/name/blobs/1', false],
      ['GET /v2/team/name/blobs/1', true],
      ['GET /v2/back', false],
    ]);
  });

  it('within the registry keeps the password', async () => {
    const server = await serve((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else if (request.url === '/elsewhere') response.end('there');
      else response.writeHead(301, { location: '/elsewhere' }).end();
    });
    const { send, request } = talkTo(server.host, { env: BASIC });
    expect(await answered(await send(request('blobs/1')))).toBe('200 there');
    expect(server.requests).toHaveLength(3);
  });

  it('in a cycle, or without end, is refused', async () => {
    const circle = await serve((request, response) =>
      response.writeHead(302, { location: request.url ?? '' }).end(),
    );
    const round = talkTo(circle.host);
    expect(failureIn(await round.send(round.request('blobs/1'))).message).toContain('redirected in a circle');
    expect(circle.requests).toHaveLength(1);
    const chain = await serve((request, response) =>
      response.writeHead(302, { location: `${request.url}x` }).end(),
    );
    const long = talkTo(chain.host);
    expect(failureIn(await long.send(long.request('blobs/1'))).message).toContain('more than 10 times');
    expect(chain.requests).toHaveLength(11);
  });

  it('to an invalid URL, or to another protocol, is refused', async () => {
    for (const location of ['http://', 'file:///etc/passwd', 'ftp://127.0.0.1/']) {
      const server = await serve((_, response) => response.writeHead(302, { location }).end());
      const { send, request } = talkTo(server.host);
      expect(failureIn(await send(request('blobs/1'))).code).toBe('http-status');
    }
  });
});

describe('a redirect of a write', () => {
  /** A server that wants a login, and sends writes on. */
  const sending = (status: number, location: () => string) =>
    serve((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      else response.writeHead(status, { location: location() }).end();
    });
  const taking = () =>
    serve(async (request, response) => {
      const body = await text(request);
      response.end(`${request.method} ${request.headers['content-type']} ${body}`);
    });

  it.each([307, 308])('with %i keeps its method and body, without the password', async (status) => {
    const other = await taking();
    const server = await sending(status, () => `${other.url}/up?x=~a%20b`);
    const { send, request } = talkTo(server.host, { env: BASIC });
    for (const method of ['POST', 'PUT', 'PATCH'] as const) {
      const body = bodyOf('one ', 'two');
      const headers = { 'content-type': 'a/b', cookie: 'planted' };
      const result = await send(request('blobs/uploads/', { method, body, headers, repeatable: false }));
      expect(await answered(result)).toBe(`200 ${method} a/b one two`);
    }
    expect(other.requests[0]?.line).toBe('POST /up?x=~a%20b');
    for (const { headers } of other.requests) {
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('cookie');
    }
  });

  it('within the registry keeps the password', async () => {
    const server = await serve(async (request, response) => {
      await text(request);
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else if (request.url === '/elsewhere') response.writeHead(201).end();
      else response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const { send, request } = talkTo(server.host, { env: BASIC });
    expect(await answered(await send(request('manifests/1', { method: 'PUT', body: bodyOf('m') })))).toBe(
      '201 ',
    );
    expect(server.requests.at(-1)?.line).toBe('PUT /elsewhere');
  });

  it.each([301, 302, 303])('with %i would become a GET, and is returned to the caller', async (status) => {
    const server = await serve((_, response) => response.writeHead(status, { location: '/elsewhere' }).end());
    const { send, request } = talkTo(server.host);
    expect(await answered(await send(request('blobs/uploads/', { method: 'POST' })))).toBe(`${status} `);
    expect(server.requests).toHaveLength(1);
  });

  it('without end is refused', async () => {
    const server = await serve((request, response) =>
      response.writeHead(307, { location: `${request.url}x` }).end(),
    );
    const { send, request } = talkTo(server.host);
    const failure = failureIn(await send(request('blobs/uploads/', { method: 'POST' })));
    expect(failure.message).toContain('more than 10 times');
    expect(server.requests).toHaveLength(11);
  });

  it('to a server that is down names that server', async () => {
    const server = await serve((_, response) =>
      response.writeHead(307, { location: 'http://127.0.0.1:9/up' }).end(),
    );
    const { send, request } = talkTo(server.host);
    const failure = failureIn(await send(request('blobs/uploads/', { method: 'POST' })));
    expect(failure.message).toContain(
      `${server.host} redirected to 127.0.0.1:9, which refused the connection`,
    );
  });
});

describe('a public registry', () => {
  it('may redirect to another public address', async () => {
    const other = await serve((_, response) => response.end('the blob'));
    const server = await serve((_, response) =>
      response.writeHead(302, { location: `http://elsewhere.invalid:${other.port}/` }).end(),
    );
    const { send, request } = talkTo(`registry.invalid:${server.port}`, PUBLIC);
    expect(await answered(await send(request('blobs/1')))).toBe('200 the blob');
  });

  it('must not redirect to a name with a private address', async () => {
    const inside = await serve((_, response) => response.end('secret'), '127.0.0.2');
    const server = await serve((_, response) =>
      response.writeHead(302, { location: `http://inside.invalid:${inside.port}/` }).end(),
    );
    const { send, request } = talkTo(`registry.invalid:${server.port}`, PUBLIC);
    const failure = failureIn(await send(request('blobs/1')));
    expect(failure.message).toContain('redirected to inside.invalid at 127.0.0.2');
    expect(failure.message).toContain(`registry.invalid:${server.port}`);
    expect(inside.requests).toEqual([]);
  });

  it('must not redirect to a private IP address, however it is written', async () => {
    const inside = await serve((_, response) => response.end('secret'), '127.0.0.2');
    for (const host of ['127.0.0.2', '0x7f000002', '2130706434', '127.2', '[::ffff:127.0.0.2]']) {
      const server = await serve((_, response) =>
        response.writeHead(302, { location: `http://${host}:${inside.port}/` }).end(),
      );
      const testHooks = {
        ...PUBLIC.testHooks,
        isSpecial: (address: string) => /127\.0\.0\.2|7f00:2/.test(address),
      };
      const { send, request } = talkTo(`registry.invalid:${server.port}`, { ...PUBLIC, testHooks });
      expect(failureIn(await send(request('blobs/1'))).message).toContain('private network');
    }
    expect(inside.requests).toEqual([]);
  });

  it('must not redirect to a name that first has a public address, and later a private one', async () => {
    // Behind both addresses. It closes each connection, so that the next request resolves the name again.
    const both = await serve(
      ({ socket }, response) => response.writeHead(200, { connection: 'close' }).end(socket.localAddress),
      '0.0.0.0',
    );
    const server = await serve((_, response) =>
      response.writeHead(302, { location: `http://rebinding.invalid:${both.port}/` }).end(),
    );
    let asked = 0;
    const resolve = async (host: string) =>
      host === 'rebinding.invalid' && asked++ > 0
        ? [{ address: '127.0.0.2', family: 4 }]
        : [{ address: '127.0.0.1', family: 4 }];
    const { send, request } = talkTo(`registry.invalid:${server.port}`, {
      ...PUBLIC,
      timings: { connectSeconds: 10, readAnswerSeconds: 10 },
      testHooks: { ...PUBLIC.testHooks, resolve },
    });
    expect(await answered(await send(request('blobs/1')))).toBe('200 127.0.0.1');
    const failure = failureIn(await send(request('blobs/1')));
    expect(failure.message).toContain('redirected to rebinding.invalid at 127.0.0.2');
    expect(both.requests).toHaveLength(1);
  });

  it('in a private network may redirect to an address in it', async () => {
    const inside = await serve((_, response) => response.end('the blob'), '127.0.0.2');
    const server = await serve(
      (_, response) => response.writeHead(302, { location: `http://inside.invalid:${inside.port}/` }).end(),
      '127.0.0.2',
    );
    const { send, request } = talkTo(`inside-registry.invalid:${server.port}`, PUBLIC);
    expect(await answered(await send(request('blobs/1')))).toBe('200 the blob');
  });
});

describe('an https registry', () => {
  it('must not continue an upload over http', async () => {
    const { send, request } = talkTo('registry.invalid');
    const url = new URL('http://registry.invalid/v2/team/name/blobs/uploads/1');
    const failure = failureIn(await send(request('', { method: 'PATCH', url })));
    expect(failure.message).toContain('from https to http://registry.invalid');
  });
});

describe('isSpecialAddress', () => {
  it.each(
    `0.0.0.0 10.1.2.3 100.64.0.1 127.8.8.8 169.254.169.254 172.31.0.1 192.168.1.1 198.19.0.1 224.0.0.1
    255.255.255.255 :: ::1 ::ffff:10.0.0.1 ::ffff:7f00:1 ::ffff:0.0.0.1 64:ff9b::10.0.0.1 64:ff9b:1::1 fc00::1 fd12::1
    fe80::1 fe80::1%eth0 fec0::1 ff02::1 2001:db8::1 2002:7f00:1::`.split(/\s+/),
  )('includes %s', (address) => expect(isSpecialAddress(address)).toBe(true));

  it.each(
    '1.1.1.1 100.128.0.1 172.32.0.1 198.20.0.1 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::8.8.8.8'.split(' '),
  )('excludes %s', (address) => expect(isSpecialAddress(address)).toBe(false));
});
