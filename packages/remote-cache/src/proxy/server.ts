import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { isTaskHash } from '../entry/header';
import type { CacheProxy } from './proxy';

/** Where Nx finds the proxy. */
export interface ProxyAddress {
  readonly url: string;
  /** Other users of this machine don't know it. */
  readonly token: string;
}

export interface ProxyServer extends ProxyAddress {
  close(): void;
}

export interface ProxyServerOptions {
  readonly proxy: CacheProxy;
  /** Ends the run: called by a POST to /v1/end. Returns the text of its answer. */
  readonly end: () => Promise<string>;
  /** Called when that answer has been sent. */
  readonly onEnded: () => void;
  /** Called with errors that no part expected. */
  readonly onBug: (error: unknown) => void;
}

/**
 * Serves Nx's API on a free port of 127.0.0.1. Nx ends a run on most statuses, so answers are: GET 200 or 404, PUT 200
 * or 403, whatever happens.
 */
export async function openProxyServer(options: ProxyServerOptions): Promise<ProxyServer> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    answer(request, response, token, options).catch((error: unknown) => {
      options.onBug(error);
      fallback(request, response);
    });
  });
  neverCloseFirst(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A connection that is closed while Nx sends its next request on it would fail that request, and the run. */
function neverCloseFirst(server: Server): void {
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.timeout = 0;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  { proxy, end, onEnded }: ProxyServerOptions,
): Promise<unknown> {
  const { method, url = '' } = request;
  if (!isAuthorized(request, token)) return refuse(request, response);
  if (method === 'GET' && url === '/v1/alive') return text(response, 200, '');
  if (method === 'POST' && url === '/v1/end') return text(response.once('close', onEnded), 200, await end());
  const hash = /^\/v1\/cache\/([^/?]+)$/.exec(url)?.[1] ?? '';
  if (!isTaskHash(hash)) return refuse(request, response);
  if (method === 'GET') return sendEntry(hash, response, proxy);
  if (method !== 'PUT') return refuse(request, response);
  const declared = Number(request.headers['content-length'] ?? 0);
  const taken = await proxy.put(hash, request, declared).catch((error: unknown) => {
    // Nx has gone in the middle of its request.
    if (request.errored === null && !request.destroyed) throw error;
    return false;
  });
  return text(response, taken ? 200 : 403, taken ? '' : 'Stays on this machine.');
}

function isAuthorized({ headers }: IncomingMessage, token: string): boolean {
  const [given, expected] = [Buffer.from(headers.authorization ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function sendEntry(hash: string, response: ServerResponse, proxy: CacheProxy): Promise<unknown> {
  const found = await proxy.get(hash);
  if (!found) return text(response, 404, '');
  const { payload, header } = found;
  try {
    const content = payload.read();
    if (!Buffer.isBuffer(content)) await once(content, 'open');
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': header.size });
    return await sent(content, response).catch(() => undefined); // Nx has gone.
  } finally {
    await payload.remove();
  }
}

async function sent(content: Buffer | Readable, response: ServerResponse): Promise<void> {
  if (!Buffer.isBuffer(content)) return pipeline(content, response);
  response.end(content);
  await finished(response);
}

function refuse(request: IncomingMessage, response: ServerResponse): unknown {
  request.resume();
  return text(response, request.method === 'GET' ? 404 : 403, '');
}

function fallback(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else refuse(request, response);
}

function text(response: ServerResponse, status: number, body: string): unknown {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) });
  return response.end(body);
}
