import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import {
  DOWNLOAD_TIMINGS,
  isAnswer,
  isErrno,
  openHttpClient,
  redact,
  RequestFailed,
  type HttpClient,
} from '@image-tooling/host';
import type { Environment } from '../environment';

/** The server to download from instead of the vendor's, for tests. */
export interface DownloadPlace {
  readonly archive: string;
  readonly checksums: string;
  /** Seconds without a byte until the download fails. */
  readonly idleSeconds?: number;
}

/** Local addresses of a vendor's files for a program that does not support proxies. */
export interface Relay {
  /** The local addresses of the files. */
  readonly place: Pick<DownloadPlace, 'archive' | 'checksums'>;
  /** Why the last file could not be fetched; undefined without an error. */
  error(): string | undefined;
  close(): Promise<void>;
}

/**
 * Serves a vendor's files on 127.0.0.1, fetched with the proxies and authorities of the environment. The SDK,
 * which downloads them, supports neither.
 */
export async function openRelay(from: DownloadPlace, env: Environment): Promise<Relay> {
  const client = openHttpClient({ env, timings: DOWNLOAD_TIMINGS });
  const files = new Map(
    [from.archive, from.checksums].map((address) => [new URL(address).pathname, address]),
  );
  let failure: string | undefined;
  const server = createServer((request, response) => {
    const address = files.get(request.url ?? '');
    if (address === undefined) response.writeHead(404).end();
    else
      passOn(client, address, response).catch((error: unknown) => {
        if (!isLeft(error)) failure = redact(`${address}: ${textOf(error)}`);
        if (response.headersSent) response.destroy();
        else response.writeHead(502).end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const here = (address: string): string => base + new URL(address).pathname;
  return {
    place: { archive: here(from.archive), checksums: here(from.checksums) },
    error: () => failure,
    async close() {
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), client.close()]);
    },
  };
}

/** Returns whether the client closed the connection. */
function isLeft(error: unknown): boolean {
  return isErrno(error) && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function textOf(error: unknown): string {
  if (error instanceof RequestFailed) {
    const { words, hint } = error.error;
    return `it ${words}${hint === undefined ? '' : `. ${hint}`}`;
  }
  return error instanceof Error ? error.message : String(error);
}

async function passOn(client: HttpClient, address: string, response: ServerResponse): Promise<void> {
  const outcome = await client.sendOnce({ method: 'GET', url: new URL(address), purpose: 'download Dagger' });
  if (!isAnswer(outcome)) throw new RequestFailed(outcome);
  const { status, headers, body } = outcome;
  const length = headers['content-length'];
  response.writeHead(status, length === undefined ? {} : { 'content-length': length });
  await pipeline(body, response);
}
