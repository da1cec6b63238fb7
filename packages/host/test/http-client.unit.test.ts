import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  DOWNLOAD_TIMINGS,
  isAnswer,
  openHttpClient,
  RequestFailed,
  type HttpClientOptions,
  type HttpRequest,
  type Outcome,
} from '../src';

const TIMINGS = { ...DOWNLOAD_TIMINGS, tries: 3, backoffSeconds: 0.01 };

type Listener = (...exchange: Parameters<RequestListener>) => unknown;

async function serve(answer: Listener): Promise<{ url: string; asked: string[]; server: Server }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
}

function opened(options: Partial<HttpClientOptions> = {}) {
  const client = openHttpClient({ env: {}, timings: TIMINGS, ...options });
  onTestFinished(() => client.close());
  return client;
}

const get = (url: string, changes: Partial<HttpRequest> = {}): HttpRequest => ({
  ...{ method: 'GET', url: new URL(url), purpose: 'read a file' },
  ...changes,
});

async function shown(outcome: Outcome): Promise<string> {
  return isAnswer(outcome)
    ? `${outcome.status} ${await text(outcome.body)}`
    : `${outcome.code} ${outcome.words}`;
}

/** Answers 503 to the first requests. */
const failing =
  (times: number): RequestListener =>
  (_, response) =>
    void response.writeHead(times-- > 0 ? 503 : 200).end('body');

describe('send', () => {
  it('tries again, and says how often', async () => {
    const { url, asked } = await serve(failing(2));
    const { outcome, tries } = await opened().send(get(url));
    expect([await shown(outcome), tries, asked.length]).toEqual(['200 body', 3, 3]);
  });

  it('gives the last answer', async () => {
    const { url } = await serve(failing(9));
    const { outcome, tries } = await opened().send(get(url));
    expect([await shown(outcome), tries]).toEqual(['503 body', 3]);
  });

  it('does not repeat a method that may do harm', async () => {
    const { url, asked } = await serve(failing(9));
    await opened().send(get(url, { method: 'POST' }));
    expect(asked).toEqual(['POST /']);
  });

  it('does not repeat what the caller knows to last', async () => {
    const { url, asked } = await serve(failing(9));
    const { outcome } = await opened({ saysLasting: async ({ status }) => status === 503 }).send(get(url));
    expect([await shown(outcome), asked.length]).toEqual(['503 body', 1]);
  });

  it('ends by the signal of the request, not only by that of the client', async () => {
    const stop = new AbortController();
    const { url } = await serve(() => stop.abort());
    const { outcome } = await opened().send(get(url, { signal: stop.signal }));
    expect(await shown(outcome)).toBe('aborted was stopped');
  });
});

describe('sendOnce', () => {
  it('follows redirects, and repeats nothing', async () => {
    const { url, asked } = await serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/there' }).end();
      else response.writeHead(503).end();
    });
    expect(await shown(await opened().sendOnce(get(url)))).toBe('503 ');
    expect(asked).toEqual(['GET /', 'GET /there']);
  });

  it('has each request on the wire seen by a decorator, with the address and the bytes that were sent', async () => {
    const { url } = await serve(async (request, response) => {
      await text(request);
      if (request.url === '/') response.writeHead(307, { location: '/there' }).end();
      else response.writeHead(201).end();
    });
    const seen: unknown[] = [];
    const client = opened({
      wrap: (exchange) => async (request) => {
        const exchanged = await exchange(request);
        seen.push([request.url.pathname, exchanged.sentBytes]);
        return exchanged;
      },
    });
    async function* open() {
      yield Buffer.from('hello');
    }
    expect(await shown(await client.sendOnce(get(url, { method: 'PUT', body: { size: 5, open } })))).toBe(
      '201 ',
    );
    expect(seen).toEqual([
      ['/', 5],
      ['/there', 5],
    ]);
  });
});

describe('a body that breaks', () => {
  it('rejects with what broke it, and how far it came', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.end());
    });
    const outcome = await opened().sendOnce(get(url));
    if (!isAnswer(outcome)) throw new Error(outcome.words);
    const error: unknown = await text(outcome.body).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RequestFailed);
    expect((error as RequestFailed).error).toMatchObject({
      code: 'network',
      words: 'closed the connection after 4 bytes of the answer',
    });
  });
});
