import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '@image-tooling/model';
import { caughtResult, discard, temporaryNeighbour } from '@image-tooling/host';
import type { Expected, Received } from './attempt';
import { tryAddresses, type AddressOptions, type Target } from './addresses';
import type { Downloader } from './downloader';
import { unavailable, type Refused } from './unavailable';

/** A file to fetch, and all of its addresses. */
export interface Download extends Expected {
  /** In messages: "jq 1.7.1-6 (amd64)". */
  readonly name: string;
  /** Tried in this order. Their user names and passwords never appear in messages. */
  readonly urls: readonly string[];
}

export interface DownloadOptions {
  readonly http: Downloader;
  readonly signal: AbortSignal;
  /**
   * Called with the number of bytes of each chunk; with a negative number after a failed try, whose bytes are
   * discarded.
   */
  readonly onBytes?: (count: number) => void;
}

export interface DownloadedFile extends Received {
  readonly path: string;
  /** The address that it was fetched from. */
  readonly url: string;
}

/**
 * Fetches a file to `path`, whole or not at all (temporary neighbour, rename). Retries each address with
 * growing pauses if that may help (429, 5xx, reset, stall), then tries the next one. Fails with one failure
 * that lists every address with its reason: `gone` (a server does not have the file), `checksum`,
 * `truncated`, `too-large`, `timeout`, `network`, `http-status`; or with `aborted`, `disk-full`, `io`.
 */
export function downloadFile(
  request: Download,
  path: string,
  options: DownloadOptions,
): Promise<Result<DownloadedFile>> {
  return options.http.limited(() => guarded(request, path, () => toFile(request, path, options)));
}

export interface DownloadedBytes extends Received {
  readonly bytes: Buffer;
  readonly url: string;
}

/** As `downloadFile`, for content small enough to hold in memory. */
export function downloadBytes(request: Download, options: DownloadOptions): Promise<Result<DownloadedBytes>> {
  return options.http.limited(() =>
    guarded(request, request.name, async () => {
      let chunks: Uint8Array[] = [];
      const target: Target = {
        write: async (chunk) => chunks.push(chunk),
        restart: async () => void (chunks = []),
      };
      const outcome = await tryAddresses(request, target, addressOptions(options));
      if (isRefused(outcome)) return fail(unavailable(request.name, outcome));
      return ok({ ...outcome, bytes: Buffer.concat(chunks) });
    }),
  );
}

async function toFile(
  request: Download,
  path: string,
  options: DownloadOptions,
): Promise<Result<DownloadedFile>> {
  const temporary = temporaryNeighbour(path);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(temporary, 'wx');
  try {
    const outcome = await tryAddresses(request, fileTarget(file), addressOptions(options));
    if (isRefused(outcome)) return fail(unavailable(request.name, outcome));
    await rename(temporary, path);
    return ok({ ...outcome, path });
  } finally {
    await file.close();
    await discard(temporary);
  }
}

function fileTarget(file: FileHandle): Target {
  let position = 0;
  return {
    async write(chunk) {
      for (let done = 0; done < chunk.byteLength;) {
        const { bytesWritten } = await file.write(chunk, done, chunk.byteLength - done, position);
        done += bytesWritten;
        position += bytesWritten;
      }
    },
    async restart() {
      await file.truncate(0);
      position = 0;
    },
  };
}

function isRefused(outcome: Refused[] | (Received & { url: string })): outcome is Refused[] {
  return Array.isArray(outcome);
}

function addressOptions({ http, signal, onBytes }: DownloadOptions): AddressOptions {
  return {
    timings: http.timings,
    dead: http.dead,
    client: http.client,
    signal,
    ...(onBytes && { onBytes }),
  };
}

async function guarded<T>(
  request: Download,
  path: string,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const done = await caughtResult(path, work);
  if (done.ok || done.failures[0].code !== 'aborted') return done;
  return fail({ code: 'aborted', message: `Stopped while fetching ${request.name}.` });
}
