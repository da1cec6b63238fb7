import { join } from 'node:path';
import { caught, discard, makeFolder, mapConcurrent } from '@image-tooling/host';
import { fail, failWith, ok, type Digest, type Result, type RunContext } from '@image-tooling/model';
import { downloadFile, type Downloader } from '../download';
import { addressOf, snapshotTime } from './address';
import { unknownArchive, type ArchiveSource, type ArchiveSources } from './archive';
import { failuresOf, type FailedDeb } from './deb-failures';
import type { LockedDeb } from './package';

/** The part of the store that fetching uses. */
export interface BlobCache {
  /** Returns the path of the blob, which may not exist. */
  blobPath(digest: Digest): string;
  hasBlob(digest: Digest): Promise<boolean> | boolean;
  /** Stores the file, by a copy or a move. */
  putBlobFromFile(path: string, digest: Digest): Promise<Result<unknown>>;
}

export interface DebFetch {
  readonly cache: BlobCache;
  /** A folder for unfinished files, on the cache's disk. */
  readonly workFolder: string;
  readonly archives: ArchiveSources;
  /** The locked archive time, in seconds since the epoch: for the snapshot archive. */
  readonly time: number;
  readonly http: Downloader;
  /** In messages: "base: packages". */
  readonly label: string;
}

export interface FetchedDeb extends LockedDeb {
  /** Absolute path of the file, in the cache. */
  readonly file: string;
}

/**
 * Fetches every .deb into the cache, verified by its locked sha256, in the order of `debs`. A .deb comes from
 * the cache, else from the archive's mirrors in their order, else from the snapshot archive at the locked
 * time. Fails with all missing packages, one failure for each cause: `gone` if no server has a file, else as
 * `downloadFile`; `unknown-reference` for an archive that is not configured.
 */
export async function fetchDebs(
  debs: readonly LockedDeb[],
  fetch: DebFetch,
  context: RunContext,
): Promise<Result<FetchedDeb[]>> {
  const made = await caught(fetch.workFolder, () => makeFolder(fetch.workFolder));
  if (!made.ok) return made;
  const step = context.progress.step(fetch.label);
  const counts = { done: 0, bytes: 0 };
  const fetched = await mapConcurrent(debs, async (deb) => {
    const result = await fetchDeb(deb, fetch, {
      http: fetch.http,
      signal: context.signal,
      onBytes: (count) => void (counts.bytes += count),
    });
    step.status(`${++counts.done} of ${debs.length} packages`);
    return result;
  });
  const failed = fetched.flatMap((result, position) => failuresWithDeb(result, debs[position]));
  if (failed.length > 0) {
    step.failed();
    return failWith(failuresOf(failed));
  }
  step.done({ origin: counts.bytes === 0 ? 'store' : 'fetched', bytes: counts.bytes });
  return ok(fetched.flatMap((result) => (result.ok ? [result.value] : [])));
}

function failuresWithDeb(result: Result<FetchedDeb>, deb: LockedDeb | undefined): FailedDeb[] {
  if (result.ok || deb === undefined) return [];
  return result.failures.map((failure) => ({ deb, failure }));
}

async function fetchDeb(
  deb: LockedDeb,
  fetch: DebFetch,
  options: Parameters<typeof downloadFile>[2],
): Promise<Result<FetchedDeb>> {
  const digest: Digest = `sha256:${deb.sha256}`;
  if (await fetch.cache.hasBlob(digest)) return ok({ ...deb, file: fetch.cache.blobPath(digest) });
  const source = fetch.archives[deb.archive];
  if (source === undefined)
    return fail(unknownArchive(`The lock has packages of the archive "${deb.archive}"`, fetch.archives));
  const temporary = join(fetch.workFolder, `${deb.sha256}.${process.pid}.deb`);
  const request = {
    name: `${deb.name} ${deb.version} (${deb.architecture})`,
    urls: debPlaces(deb, source, fetch.time),
    sha256: deb.sha256,
    size: deb.size,
    maxBytes: deb.size,
  };
  try {
    const downloaded = await downloadFile(request, temporary, options);
    if (!downloaded.ok) return downloaded;
    const put = await fetch.cache.putBlobFromFile(temporary, digest);
    return put.ok ? ok({ ...deb, file: fetch.cache.blobPath(digest) }) : put;
  } finally {
    await discard(temporary);
  }
}

/** Returns the addresses of a .deb in the order in which they are tried. */
function debPlaces(deb: LockedDeb, source: ArchiveSource, time: number): string[] {
  const mirrors = source.mirrors.map((mirror) => addressOf(mirror, deb.path));
  if (source.snapshot === undefined) return mirrors;
  return [...mirrors, addressOf(source.snapshot, `${snapshotTime(time)}/${deb.path}`)];
}
