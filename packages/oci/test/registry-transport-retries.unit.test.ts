import { createServer as createTcpServer } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../src/registry/answers/refusal';
import { rateLimit } from '../src/registry/answers/rate-limit';
import { answered, bodyOf, failureIn, listen, serve, talkTo } from './registry-transport-helpers';

describe('a request that is tried again', () => {
  it('succeeds after two 503, with its whole body each time', async () => {
    const bodies: string[] = [];
    const server = await serve(async (request, response) => {
      bodies.push(await text(request));
      response.writeHead(bodies.length < 3 ? 503 : 201).end('there');
    });
    const { send, request, records } = talkTo(server.host);
    const body = bodyOf('hello ', 'world');
    expect(await answered(await send(request('manifests/1', { method: 'PUT', body })))).toBe('201 there');
    expect(bodies).toEqual(['hello world', 'hello world', 'hello world']);
    expect(records.map(({ status, sentBytes }) => [status, sentBytes])).toEqual([
      [503, 11],
      [503, 11],
      [201, 11],
    ]);
  });

  it('waits as long as 429 requests, and reports it', async () => {
    const server = await serve((_, response) => {
      if (server.requests.length > 1) response.end('there');
      else response.writeHead(429, { 'retry-after': '1' }).end();
    });
    const { send, request } = talkTo(server.host);
    const began = performance.now();
    expect(await answered(await send(request('manifests/1')))).toBe('200 there');
    expect(performance.now() - began).toBeGreaterThan(950);
  });

  it('fails with rate-limit at once if the registry requests too long a wait', async () => {
    const server = await serve((_, response) => {
      response.writeHead(429, { 'retry-after': '3000', 'ratelimit-remaining': '0;w=21600' });
      response.end(JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message: 'slow down' }] }));
    });
    const { send, request } = talkTo(server.host);
    const failure = failureIn(await send(request('manifests/1')));
    expect(failure.code).toBe('rate-limit');
    expect(failure.message).toContain('retry after 50 minutes');
    expect(failure.details).toEqual(['ratelimit-remaining: 0;w=21600', 'TOOMANYREQUESTS: slow down']);
    expect(server.requests).toHaveLength(1);
  });

  it('succeeds after resets before the answer', async () => {
    const server = await serve((request, response) => {
      if (server.requests.length < 3) request.socket.resetAndDestroy();
      else response.end('there');
    });
    const { send, request, records } = talkTo(server.host);
    expect(await answered(await send(request('manifests/1')))).toBe('200 there');
    expect(records.map(({ status }) => status)).toEqual([undefined, undefined, 200]);
  });

  it.each(['no space left on device', 'the registry is read-only'])(
    'is not sent again after 503 that says "%s"',
    async (message) => {
      const server = await serve((_, response) =>
        response.writeHead(503).end(JSON.stringify({ errors: [{ code: 'UNKNOWN', message }] })),
      );
      const { send, request } = talkTo(server.host);
      const put = request('manifests/1', { method: 'PUT', body: bodyOf('m') });
      const result = await send(put);
      if (!result.ok) throw new Error(result.failures[0].message);
      expect(server.requests).toHaveLength(1);
      expect((await refusalOf(result.value, put)).failure.details).toEqual([`UNKNOWN: ${message}`]);
    },
  );

  it('checks whether it took effect, if a repetition is unsafe', async () => {
    const server = await serve((request) => void request.socket.resetAndDestroy());
    const { send, request } = talkTo(server.host);
    let asked = 0;
    const put = request('manifests/1', {
      method: 'PUT',
      repeatable: false,
      answerIfDone: async () =>
        ++asked < 2 ? undefined : { status: 201, headers: {}, body: Readable.from([]), url: put.url },
    });
    expect(await answered(await send(put))).toBe('201 ');
    expect(server.requests).toHaveLength(2);
  });

  it('is not sent again after a reset if a repetition is unsafe', async () => {
    const server = await serve((request) => void request.socket.resetAndDestroy());
    const { send, request } = talkTo(server.host);
    const failure = failureIn(await send(request('blobs/uploads/1', { method: 'PATCH', repeatable: false })));
    expect(failure.code).toBe('network');
    expect(server.requests).toHaveLength(1);
  });

  it('is sent again after a refused connection even then', async () => {
    const free = createTcpServer();
    const port = await listen(free, '127.0.0.1');
    await new Promise((resolve) => free.close(resolve));
    const { send, request, records } = talkTo(`127.0.0.1:${port}`);
    const failure = failureIn(await send(request('blobs/uploads/1', { method: 'PATCH', repeatable: false })));
    expect(failure.message).toContain('refused the connection; tried 3 times');
    expect(records).toHaveLength(3);
  });
});

describe('a rate limit', () => {
  it('of Docker Hub is higher with a login: the hint says so', async () => {
    const hint = async (host: string) => {
      const answer = { status: 429, headers: {}, body: Readable.from([]), url: new URL(`https://${host}/`) };
      return (await rateLimit(answer, 'read jq')).hint;
    };
    expect(await hint('registry-1.docker.io')).toContain('run "docker login"');
    expect(await hint('auth.docker.io')).toContain('run "docker login"');
    expect(await hint('registry.example')).not.toContain('docker login');
  });
});
