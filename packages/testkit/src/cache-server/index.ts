import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a server does instead of its work. */
export type Misdeed =
  | 'hang'
  | 'hang-in-body'
  | 'cut-off'
  | 'garbage'
  | 'not-http'
  | 'slow'
  | 'break'
  | { readonly status: number; readonly reason?: string };

/** A cache server with Nx's API that keeps entries in memory, and fails as tests ask. */
export interface CacheServer {
  readonly url: string;
  readonly entries: Map<string, Buffer>;
  /** Method, path and authorization of all requests. */
  readonly requests: string[];
  /** Returns what to do instead of the work; undefined: the work. */
  misdeed: (request: IncomingMessage, count: number) => Misdeed | undefined;
  /** Whether a token is accepted. */
  accepts: (token: string) => boolean;
  /** Ends it at once, with all connections. */
  kill(): Promise<void>;
}

/** Starts the server on 127.0.0.1. */
export async function startCacheServer(): Promise<CacheServer> {
  const entries = new Map<string, Buffer>();
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    const misdeed = self.misdeed(request, requests.length);
    if (misdeed !== undefined) misbehave(misdeed, request, response);
    else if (!self.accepts((request.headers.authorization ?? '').replace('Bearer ', ''))) end(response, 401);
    else void work(request, response, entries);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const self: CacheServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    entries,
    requests,
    misdeed: () => undefined,
    accepts: () => true,
    async kill() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((done) => server.close(done));
    },
  };
  return self;
}

async function work(
  request: IncomingMessage,
  response: ServerResponse,
  entries: Map<string, Buffer>,
): Promise<unknown> {
  const hash = request.url?.split('/').at(-1) ?? '';
  const kept = entries.get(hash);
  if (request.method === 'GET') return end(response, kept ? 200 : 404, kept);
  try {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    if (entries.has(hash)) return end(response, 409);
    entries.set(hash, Buffer.concat(pieces));
    return end(response, 200);
  } catch {
    // The client has gone: nothing is kept.
    return undefined;
  }
}

function end(response: ServerResponse, status: number, body: Buffer = Buffer.alloc(0)): unknown {
  return response.writeHead(status, { 'content-length': body.length }).end(body);
}

const GARBAGE = Buffer.from('<!doctype html><title>Log in</title>'.repeat(50));

function misbehave(misdeed: Misdeed, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  if (typeof misdeed === 'object') {
    if (misdeed.reason !== undefined) response.setHeader('x-cache-reason', misdeed.reason);
    end(response, misdeed.status);
  }
  if (misdeed === 'garbage') end(response, 200, GARBAGE);
  if (misdeed === 'break') request.socket.destroy();
  if (misdeed === 'not-http') request.socket.end('hello\n\n');
  if (misdeed === 'hang-in-body' || misdeed === 'cut-off' || misdeed === 'slow') {
    response.writeHead(200, { 'content-length': 1_000_000 });
    response.write('image-tooling-cache-entry 1\n');
    if (misdeed === 'cut-off') setImmediate(() => response.destroy());
    if (misdeed === 'slow') trickle(response);
  }
}

function trickle(response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(timer));
}
