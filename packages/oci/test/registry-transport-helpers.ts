import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { RegistryOptions, RegistryTimings } from '../src/registry/options';
import type { RequestBody } from '@image-tooling/host';
import type { RegistryRequest, RequestRecord } from '../src/registry/send';
import { openSend, type OpenSend } from '../src/registry/client/open-send';
import type { TestHooks } from '../src/registry/transport/test-hooks';

/** Not a hook of this module: it is loaded once for all files of a process, and hooks belong to the first of them. */
export function atEnd(cleanup: () => Promise<unknown>): void {
  onTestFinished(async () => {
    await cleanup();
  });
}

/** A server on a free port of this machine, with what came to it. */
export interface TestServer {
  readonly port: number;
  /** `127.0.0.1:5000` */
  readonly host: string;
  readonly url: string;
  readonly requests: { readonly line: string; readonly headers: IncomingMessage['headers'] }[];
}

type Listener = (...exchange: Parameters<RequestListener>) => unknown;

export async function serve(listener: Listener, address = '127.0.0.1'): Promise<TestServer> {
  const requests: TestServer['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    listener(request, response);
  });
  const port = await listen(server, address);
  return { port, host: `${address}:${port}`, url: `http://${address}:${port}`, requests };
}

export async function listen(server: Server, address: string): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  atEnd(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        for (const socket of sockets) socket.destroy();
      }),
  );
  return (server.address() as AddressInfo).port;
}

/** Short enough for a test, long enough for a busy machine. */
export const QUICK: Partial<RegistryTimings> = {
  connectSeconds: 0.5,
  readAnswerSeconds: 0.8,
  writeAnswerSeconds: 0.5,
  stallSeconds: 0.3,
  slowSeconds: 0.3,
  tries: 3,
  backoffSeconds: 0.01,
  shortestWaitSeconds: 0.01,
  longestWaitSeconds: 0.05,
  helperSeconds: 5,
};

/** A client of one repository, with all that it reported. */
export interface Talk {
  readonly send: OpenSend;
  readonly records: RequestRecord[];
  readonly notes: string[];
  readonly request: (path: string, changes?: Partial<RegistryRequest>) => RegistryRequest;
}

export interface TalkOptions extends Partial<RegistryOptions> {
  readonly path?: string;
  readonly testHooks?: Partial<TestHooks>;
}

export function talkTo(
  registry: string,
  { path = 'team/name', testHooks = {}, ...more }: TalkOptions = {},
): Talk {
  const records: RequestRecord[] = [];
  const notes: string[] = [];
  const send = openSend(
    { registry, path },
    {
      env: { PATH: process.env['PATH'] },
      signal: new AbortController().signal,
      onRequest: (record) => records.push(record),
      note: (line) => notes.push(line),
      ...more,
      timings: { ...QUICK, ...more.timings },
    },
    { random: () => 0.5, ...testHooks },
  );
  atEnd(() => send.close());
  const request = (rest: string, changes: Partial<RegistryRequest> = {}): RegistryRequest => ({
    method: 'GET',
    url: new URL(rest, send.base.url),
    purpose: 'read the manifest of jq',
    scope: ['pull'],
    ...changes,
  });
  return { send, records, notes, request };
}

/** The body of an answer as text, of a send that must succeed. */
export async function answered(result: Awaited<ReturnType<OpenSend>>): Promise<string> {
  if (!result.ok) throw new Error(result.failures[0].message);
  return `${result.value.status} ${await text(result.value.body)}`;
}

export function failureIn(result: Awaited<ReturnType<OpenSend>>) {
  if (result.ok) throw new Error(`expected a failure, got ${result.value.status}`);
  return result.failures[0];
}

export function bodyOf(...chunks: (string | Uint8Array)[]): RequestBody & { opened: number } {
  const buffers = chunks.map((chunk) => Buffer.from(chunk as string));
  return {
    size: Buffer.concat(buffers).byteLength,
    opened: 0,
    async *open() {
      this.opened++;
      yield* buffers;
    },
  };
}
