import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { all, fail, ok, type Digest, type Failure, type Result, type RunContext } from '@image-tooling/model';
import { createHttpClient, downloadFile, type HttpClient } from '../http';
import { addressOf, snapshotTime } from './address';
import type { ArchiveSources } from './archive';
import type { LockedDeb } from './package';

/** What fetching needs of a store of blobs. */
export interface BlobCache {
  /** Where the blob is, or would be. */
  blobPath(digest: Digest): string;
  hasBlob(digest: Digest): Promise<boolean> | boolean;
  /** Takes a copy of the file, or the file itself. */
  putBlobFromFile(path: string, digest: Digest): Promise<Result<unknown>>;
}

export interface DebFetch {
  readonly cache: BlobCache;
  /** A folder for unfinished files, on the cache's disk. */
  readonly workFolder: string;
  readonly archives: ArchiveSources;
  /** The locked archive time, in seconds since the epoch: where the snapshot archive is asked. */
  readonly time: number;
  readonly http?: HttpClient;
  /** What the user is told: "base: packages". */
  readonly label: string;
}

export interface FetchedDeb extends LockedDeb {
  /** Absolute path of the file, in the cache. */
  readonly file: string;
}

/**
 * Gets every .deb into the cache, verified by its locked sha256, in the order of `debs`. A .deb comes from the
 * cache, else from the archive's mirrors in their order, else from the snapshot archive at the locked time. Fails
 * with all that could not be had: `gone` where no place has a file, else as `downloadFile`.
 */
export async function fetchDebs(
  debs: readonly LockedDeb[],
  fetch: DebFetch,
  context: RunContext,
): Promise<Result<FetchedDeb[]>> {
  const http = fetch.http ?? createHttpClient();
  const step = context.progress.step(fetch.label);
  const counts = { done: 0, bytes: 0 };
  await mkdir(fetch.workFolder, { recursive: true });
  const fetched = await Promise.all(
    debs.map(async (deb) => {
      const result = await fetchDeb(deb, fetch, {
        http,
        signal: context.signal,
        onBytes: (count) => void (counts.bytes += count),
      });
      step.status(`${++counts.done} of ${debs.length} packages`);
      return result;
    }),
  );
  const result = all(fetched);
  if (result.ok) step.done({ origin: counts.bytes === 0 ? 'store' : 'fetched', bytes: counts.bytes });
  else step.failed();
  return result;
}

async function fetchDeb(
  deb: LockedDeb,
  fetch: DebFetch,
  options: Parameters<typeof downloadFile>[2],
): Promise<Result<FetchedDeb>> {
  const digest: Digest = `sha256:${deb.sha256}`;
  if (await fetch.cache.hasBlob(digest)) return ok({ ...deb, file: fetch.cache.blobPath(digest) });
  const temporary = join(fetch.workFolder, `${deb.sha256}.${process.pid}.deb`);
  const request = {
    name: `${deb.name} ${deb.version} (${deb.architecture})`,
    urls: debPlaces(deb, fetch.archives, fetch.time),
    sha256: deb.sha256,
    size: deb.size,
    maxBytes: deb.size,
  };
  try {
    const downloaded = await downloadFile(request, temporary, options);
    if (!downloaded.ok) return fail(withWayOut(downloaded.failures[0], deb));
    const put = await fetch.cache.putBlobFromFile(temporary, digest);
    return put.ok ? ok({ ...deb, file: fetch.cache.blobPath(digest) }) : put;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The addresses of a .deb in the order in which they are asked. */
export function debPlaces(deb: LockedDeb, archives: ArchiveSources, time: number): string[] {
  const source = archives[deb.archive];
  if (source === undefined) return [];
  const mirrors = source.mirrors.map((mirror) => addressOf(mirror, deb.path));
  if (source.snapshot === undefined) return mirrors;
  return [...mirrors, addressOf(source.snapshot, `${snapshotTime(time)}/${deb.path}`)];
}

function withWayOut(failure: Failure, deb: LockedDeb): Failure {
  if (failure.code !== 'gone') return failure;
  return {
    ...failure,
    message: `${deb.name} ${deb.version} (${deb.architecture}) of the archive "${deb.archive}" is gone: no place has it any more.`,
    hint: 'Run the lock target again to move to the current versions, or configure a mirror that still has this one.',
  };
}
