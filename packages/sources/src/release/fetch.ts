import { join } from 'node:path';
import { discard } from '@image-tooling/host';
import { bytesText, ok, type Digest, type Result, type RunContext } from '@image-tooling/model';
import type { BlobCache } from '../debian';
import { downloadFile, type DownloadedFile, type Downloader } from '../download';
import { releasePlaces, type Mirrors } from './places';

/** Larger than any vendor's file (the largest tools have some 500 MB), too small to fill a disk. */
const MAX_RELEASE_BYTES = 4 * 1024 ** 3;

/** A vendor's file. */
export interface ReleaseAddress {
  /** In messages: "k9s 0.51.0 (linux/amd64)". */
  readonly name: string;
  /** The vendor's address. */
  readonly url: string;
}

/** A locked vendor's file. */
export interface LockedRelease extends ReleaseAddress {
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Bytes; undefined if the lock was written from a published checksum alone. */
  readonly size?: number | undefined;
}

/** The context of a fetch. */
export interface ReleaseFetch {
  readonly cache: BlobCache & { verifyBlob(digest: Digest, signal?: AbortSignal): Promise<Result<void>> };
  /** A folder for unfinished files, on the cache's disk. */
  readonly workFolder: string;
  readonly mirrors: Mirrors;
  readonly http: Downloader;
  readonly context: RunContext;
}

/**
 * Returns the path of a locked file in the cache, after hashing it again. Fetches it from a mirror or the
 * vendor if it is missing, and verifies it by the lock's sha256. Fails as `downloadFile`.
 */
export async function fetchRelease(locked: LockedRelease, fetch: ReleaseFetch): Promise<Result<string>> {
  const { cache, context } = fetch;
  const digest: Digest = `sha256:${locked.sha256}`;
  if ((await cache.hasBlob(digest)) && (await cache.verifyBlob(digest, context.signal)).ok)
    return ok(cache.blobPath(digest));
  const { sha256, size } = locked;
  const downloaded = await download(locked, { sha256, ...(size !== undefined && { size }) }, fetch);
  if (!downloaded.ok) return downloaded;
  return keepRelease(downloaded.value, fetch);
}

/**
 * Fetches a file that is not locked yet into the work folder, whatever its bytes are. Fails as
 * `downloadFile`.
 */
export function downloadRelease(
  address: ReleaseAddress,
  fetch: ReleaseFetch,
): Promise<Result<DownloadedFile>> {
  return download(address, {}, fetch);
}

/**
 * Moves a downloaded file into the cache. Returns its path there. Fails with `checksum`, `disk-full` or `io`.
 */
export async function keepRelease(
  { path, sha256 }: DownloadedFile,
  { cache }: ReleaseFetch,
): Promise<Result<string>> {
  const digest: Digest = `sha256:${sha256}`;
  const put = await cache.putBlobFromFile(path, digest);
  await discard(path);
  return put.ok ? ok(cache.blobPath(digest)) : put;
}

async function download(
  { name, url }: ReleaseAddress,
  expected: { readonly sha256?: string; readonly size?: number },
  { workFolder, mirrors, http, context }: ReleaseFetch,
): Promise<Result<DownloadedFile>> {
  const step = context.progress.step(`${name}: fetch`);
  let bytes = 0;
  const onBytes = (count: number): void => {
    bytes += count;
    step.status(progressText(bytes, expected.size));
  };
  const urls = releasePlaces(url, mirrors);
  const request = { name, urls, ...expected, maxBytes: MAX_RELEASE_BYTES };
  const path = join(workFolder, `${name.replace(/[^a-zA-Z0-9.-]+/g, '-')}.file`);
  const file = await downloadFile(request, path, { http, signal: context.signal, onBytes });
  if (file.ok) step.done({ origin: 'fetched', bytes });
  else step.failed();
  return file;
}

function progressText(bytes: number, size: number | undefined): string {
  return size === undefined ? bytesText(bytes) : `${bytesText(bytes)} of ${bytesText(size)}`;
}
