import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import {
  isErrno,
  isRedirect,
  openSender,
  ProxyFault,
  redact,
  redirected,
  type ResponseData,
  type Sender,
} from '@image-tooling/host';
import type { Environment } from '../environment';
import type { DownloadPlace } from './download-place';

/** Addresses on this machine by which a program that knows no proxies gets a vendor's files. */
export interface Relay {
  /** Where the same files are had here. */
  readonly place: Pick<DownloadPlace, 'archive' | 'checksums'>;
  /** Why the last file could not be had; undefined where nothing went wrong here. */
  trouble(): string | undefined;
  close(): Promise<void>;
}

const CONNECT_SECONDS = 15;

/**
 * Serves a vendor's files on 127.0.0.1, fetched by the proxies and with the authorities of the environment. The SDK,
 * which downloads them, looks for neither.
 */
export async function openRelay(from: DownloadPlace, env: Environment): Promise<Relay> {
  const sender = await openSender({ env, connectSeconds: CONNECT_SECONDS });
  const files = new Map(
    [from.archive, from.checksums].map((address) => [new URL(address).pathname, address]),
  );
  let trouble: string | undefined;
  const server = createServer((request, response) => {
    const address = files.get(request.url ?? '');
    if (address === undefined) response.writeHead(404).end();
    else
      passOn(sender, address, response).catch((error: unknown) => {
        if (!isLeft(error)) trouble = redact(`${address}: ${textOf(error)}`);
        if (response.headersSent) response.destroy();
        else response.writeHead(502).end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const here = (address: string): string => base + new URL(address).pathname;
  return {
    place: { archive: here(from.archive), checksums: here(from.checksums) },
    trouble: () => trouble,
    async close() {
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), sender.destroy()]);
    },
  };
}

/** Whether it was the one who asked that went away. */
function isLeft(error: unknown): boolean {
  return isErrno(error) && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function textOf(error: unknown): string {
  if (error instanceof ProxyFault) return `it ${error.words}. ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}

async function passOn(sender: Sender, address: string, response: ServerResponse): Promise<void> {
  const { statusCode, headers, body } = await answerOf(sender, address);
  const length = headers['content-length'];
  response.writeHead(statusCode, typeof length === 'string' ? { 'content-length': length } : {});
  await pipeline(body, response);
}

async function answerOf(sender: Sender, address: string): Promise<ResponseData> {
  const seen = new Set<string>();
  for (let url = new URL(address); ;) {
    seen.add(url.href);
    const path = `${url.pathname}${url.search}`;
    const answer = await sender.request({ origin: url.origin, path, method: 'GET' });
    if (!isRedirect(answer.statusCode)) return answer;
    answer.body.on('error', () => undefined).destroy();
    const next = redirected(String(answer.headers['location'] ?? ''), url, seen);
    if (typeof next === 'string') throw new Error(`the server ${next}`);
    url = next;
  }
}
