import {
  bytesText,
  fail,
  failWith,
  ok,
  type BlobRow,
  type Failure,
  type Platform,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import { mapResults, stoppable, type Repository } from '@image-tooling/oci';
import { uniqueByCode } from '../unique-failures';
import type { BlobRecords } from '../pushed-blobs/blob-records';
import type { LabelledBlob, LocalPlatform } from './publication';

export interface PushOptions {
  readonly context: RunContext;
  readonly records: BlobRecords;
}

/**
 * Pushes platforms: all blobs first, shared ones once; then each manifest by its digest, so that no manifest
 * is there without its blobs. Fails as the first blob or manifest does.
 */
export async function pushPlatforms(
  repository: Repository,
  platforms: readonly PushedPlatform[],
  options: PushOptions,
): Promise<Result<BlobRow[]>> {
  const rows = await pushBlobs(repository, sharedBlobs(platforms), options);
  if (!rows.ok) return rows;
  for (const { platform, local } of platforms) {
    const step = options.context.progress.step(`push the manifest of ${platform}`);
    const put = await repository.putManifest(local.manifest);
    if (!put.ok) {
      step.failed();
      return put;
    }
    step.done({ origin: 'pushed', bytes: local.manifest.bytes.length });
  }
  return rows;
}

/** One platform to push. */
export interface PushedPlatform {
  readonly platform: Platform;
  readonly local: LocalPlatform;
}

/** A blob, and every platform that has it. */
interface SharedBlob extends LabelledBlob {
  readonly platforms: Platform[];
}

function sharedBlobs(platforms: readonly PushedPlatform[]): SharedBlob[] {
  const shared = new Map<string, SharedBlob>();
  for (const { platform, local } of platforms)
    for (const labelled of local.blobs) {
      const known = shared.get(labelled.blob.digest);
      if (known) known.platforms.push(platform);
      else shared.set(labelled.blob.digest, { ...labelled, platforms: [platform] });
    }
  return [...shared.values()];
}

async function pushBlobs(
  repository: Repository,
  blobs: readonly SharedBlob[],
  options: PushOptions,
): Promise<Result<BlobRow[]>> {
  const rows = await mapResults(blobs, async (shared, isStopped) => {
    const row = await pushBlob(repository, { ...shared, blob: stoppable(shared.blob, isStopped) }, options);
    return row.ok ? row : failWith(row.failures.map((failure) => during(shared, failure)));
  });
  if (options.context.signal.aborted) return fail({ code: 'aborted', message: 'Stopped while pushing.' });
  return rows.ok ? rows : failWith(uniqueByCode(rows.failures));
}

/** Adds the image and platform that a digest belongs to. */
function during({ label, blob }: SharedBlob, failure: Failure): Failure {
  return { ...failure, details: [`in ${label}, ${bytesText(blob.size)}`, ...(failure.details ?? [])] };
}

async function pushBlob(
  repository: Repository,
  { blob, label, platforms, mountFrom, bring }: SharedBlob,
  { context, records }: PushOptions,
): Promise<Result<BlobRow>> {
  const step = context.progress.step(`push ${label}`);
  let sent = 0;
  const onBytes = (count: number): void => {
    sent += count;
    step.status(`${Math.floor((100 * sent) / Math.max(blob.size, 1))} %`);
  };
  const pushed = await records.push(blob, (marked, known) =>
    repository.pushBlob(marked, {
      mountFrom: [...new Set([...known, ...mountFrom])],
      onBytes,
      ...(bring && { beforeSending: bring }),
    }),
  );
  if (!pushed.ok) {
    step.failed();
    return pushed;
  }
  step.done({ origin: pushed.value.how, bytes: blob.size });
  return ok({ digest: blob.digest, size: blob.size, label, platforms, ...pushed.value });
}
