import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from './certificate';

export interface ForwardProxyOptions {
  /** Returns the port of 127.0.0.1 for a host and port ("archive.invalid:443"); undefined: unknown host. */
  readonly route: (authority: string) => number | undefined;
  /** The required "user:password". */
  readonly login?: string;
  /** The response to every request. */
  readonly status?: number;
  /** Accepts requests and never answers. */
  readonly hangs?: boolean;
  /** Uses https itself. */
  readonly certificate?: Certificate;
}

/** A running proxy. */
export interface ForwardProxy {
  /** Without a login: "http://127.0.0.1:3128". */
  readonly url: string;
  readonly host: string;
  /** Requests: "CONNECT archive.invalid:443", "GET http://archive.invalid/file". */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/**
 * Returns a real forward proxy on a free port of 127.0.0.1: plain requests by their whole address, and
 * CONNECT.
 */
export async function startForwardProxy(options: ForwardProxyOptions): Promise<ForwardProxy> {
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const { certificate } = options;
  const server = certificate
    ? createSecureServer({ key: certificate.key, cert: certificate.cert })
    : createServer();
  const refusal = (request: IncomingMessage): number | undefined => {
    asked.push(`${request.method} ${request.url}`);
    return options.status ?? (isKnown(request, options.login) ? undefined : 407);
  };
  server.on('connection', (socket: Socket) => {
    open.add(socket.on('error', () => undefined).on('close', () => open.delete(socket)));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const status = refusal(request);
    if (options.hangs === true) return;
    if (status !== undefined) response.writeHead(status).end();
    else forward(request, response, options.route);
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    const status = refusal(request);
    if (options.hangs === true) return;
    const port = status === undefined ? options.route(request.url ?? '') : undefined;
    if (port === undefined) socket.end(`HTTP/1.1 ${status ?? 502} x\r\n\r\n`);
    else tunnel(socket, port, open);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http${certificate ? 's' : ''}://${host}`,
    host,
    asked,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function isKnown({ headers }: IncomingMessage, login: string | undefined): boolean {
  return (
    login === undefined || headers['proxy-authorization'] === `Basic ${Buffer.from(login).toString('base64')}`
  );
}

function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  route: ForwardProxyOptions['route'],
): void {
  const url = new URL(incoming.url ?? '');
  const port = route(`${url.hostname}:${url.port || 80}`);
  if (port === undefined) {
    response.writeHead(502).end();
    return;
  }
  const { 'proxy-authorization': _, ...headers } = incoming.headers;
  const there = { host: '127.0.0.1', port, path: `${url.pathname}${url.search}` };
  const onward = ask({ ...there, method: incoming.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
}

function tunnel(socket: Duplex, port: number, open: Set<Duplex>): void {
  const there = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 connected\r\n\r\n'));
  open.add(there);
  there.on('error', () => socket.destroy()).on('close', () => open.delete(there));
  socket.on('error', () => there.destroy());
  socket.pipe(there).pipe(socket);
}
