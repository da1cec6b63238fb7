import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fail, ok, type Digest, type Failure, type Result } from '@image-tooling/model';
import { caughtResult } from '@image-tooling/host';
import type { ReleaseFetch } from '../release';
import { npmPack } from './client';
import { npmName, type LockedNpm, type NpmPackage } from './package';
import type { NpmRun } from './run';

/** A package's file on this machine. */
export interface NpmFile extends LockedNpm {
  /** Absolute path. */
  readonly file: string;
}

/**
 * Fetches a package's file into a folder with npm, which checks the registry's hash, and returns its hashes.
 * Fails as `npmPack`, with `disk-full` or `io`.
 */
export async function packNpm(wanted: NpmPackage, folder: string, npm: NpmRun): Promise<Result<NpmFile>> {
  const step = npm.context.progress.step(`fetch ${npmName(wanted)} by npm`);
  const packed = await packInto(wanted, folder, npm);
  if (packed.ok) step.done({ origin: 'fetched', bytes: packed.value.size });
  else step.failed();
  return packed;
}

export interface NpmFetch {
  readonly locked: LockedNpm;
  readonly cache: ReleaseFetch['cache'];
  /** An empty folder on the cache's disk. */
  readonly folder: string;
  /** The name of the tool, for messages. */
  readonly tool: string;
}

/**
 * Returns a locked package's file in the cache, after hashing it again. Fetches it with npm if it is missing,
 * and checks both of its hashes. Fails as `packNpm`, and with `checksum`.
 */
export async function fetchNpm(
  { locked, cache, folder, tool }: NpmFetch,
  npm: NpmRun,
): Promise<Result<NpmFile>> {
  const digest: Digest = `sha256:${locked.sha256}`;
  const inCache = { ...locked, file: cache.blobPath(digest) };
  if ((await cache.hasBlob(digest)) && (await cache.verifyBlob(digest, npm.context.signal)).ok)
    return ok(inCache);
  const packed = await packNpm(locked, folder, npm);
  if (!packed.ok) return packed;
  const wrong = npmMismatch(locked, packed.value, tool);
  if (wrong) return fail(wrong);
  const put = await cache.putBlobFromFile(packed.value.file, digest);
  return put.ok ? ok(inCache) : put;
}

function packInto(wanted: NpmPackage, folder: string, npm: NpmRun): Promise<Result<NpmFile>> {
  const [into, cache] = [join(folder, 'packed'), join(folder, 'npm-cache')];
  return caughtResult(folder, async () => {
    await mkdir(into, { recursive: true });
    const packed = await npmPack(wanted, { into, cache }, npm);
    if (!packed.ok) return packed;
    const [name = ''] = await readdir(into);
    const file = join(into, name);
    return ok({ package: wanted.package, version: wanted.version, ...(await hashes(file)), file });
  });
}

async function hashes(file: string): Promise<Pick<LockedNpm, 'integrity' | 'sha256' | 'size'>> {
  const [sha512, sha256] = [createHash('sha512'), createHash('sha256')];
  let size = 0;
  await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      sha512.update(chunk);
      sha256.update(chunk);
      size += chunk.length;
    }
  });
  return { integrity: `sha512-${sha512.digest('base64')}`, sha256: sha256.digest('hex'), size };
}

/** Returns the failure if a file is not the locked one. */
export function npmMismatch(locked: LockedNpm, got: LockedNpm, tool: string): Failure | undefined {
  if (got.integrity === locked.integrity && got.sha256 === locked.sha256) return undefined;
  return {
    code: 'checksum',
    message: `${tool}: the npm registry gave other bytes for ${npmName(locked)} than the locked ones.`,
    hint: `A version never changes: ask the registry's operator. If you trust the new file, delete the lock.json of ${tool} and lock it again.`,
    details: [
      `expected ${locked.integrity} (sha256 ${locked.sha256}, ${locked.size} bytes)`,
      `got      ${got.integrity} (sha256 ${got.sha256}, ${got.size} bytes)`,
    ],
  };
}
