import { Fault } from '@image-tooling/host';
import type { Failure } from '@image-tooling/model';
import type { LocalBlob } from '../port';
import type { RegistryTimings } from '../options';
import { attempted, pauseSeconds, retryFaults, timingsOf } from '../transport/retry-faults';
import { isThere } from './presence';
import { BlobReader } from './reader';
import { cancelUploadSession, openUploadSession, type UploadSession } from './upload-session';
import type { Progress, UploadJob } from './upload-job';
import { askProgress, Broken, sendChunk, sendLast } from './upload-requests';

/** How often the upload of one blob may break; at most `timeoutTries` of these by a timeout. */
const BREAKS = 6;

/**
 * Bytes. Smaller blobs are sent in one request: it is faster (by 7 % to docker-registry), and not every registry
 * supports chunks well. For larger ones a broken connection would cost too much.
 */
const WHOLE_LIMIT = 1024 * 1024 * 1024;
/** Bytes of a chunk: after a broken connection, earlier chunks are not sent again. */
const CHUNK = 64 * 1024 * 1024;

/**
 * Sends a blob in an open upload session. After a broken connection it continues at the registry's offset, or in a new
 * session. Cancels the upload if it fails for good. Throws a `Fault`. There is no time limit while bytes flow; a
 * registry that accepts no bytes, or does not answer, fails after 12 minutes with the default timings: two waits of
 * 310 s for an answer, and 80 s of asking for the offset.
 */
export async function upload(parts: Omit<UploadJob, 'reader'>, session: UploadSession): Promise<void> {
  const { context, blob, meter } = parts;
  const job: UploadJob = { ...parts, reader: new BlobReader(blob) };
  let progress: Progress = { session, offset: 0 };
  let wasLost = false;
  const breaks: Broken[] = [];
  const goOn = async (): Promise<void> => {
    const broken = breaks.at(-1);
    if (broken) {
      progress = await resumed(job, progress.session, broken.isLost);
      wasLost ||= progress.offset === 0;
      meter.moveTo(progress.offset);
    }
    while (!progress.finished) progress = await step(job, progress, wasLost);
  };
  try {
    await retryFaults(
      context,
      () => attempted(goOn()),
      (error) => pauseAfter(error, breaks, job),
    );
  } catch (error) {
    await cancelUploadSession(context, progress.session, blob.digest);
    throw error instanceof Broken ? error.fault : error;
  } finally {
    job.reader.close();
  }
}

/** Adds a break to those before it; returns no pause after too many. Throws if the local bytes are wrong. */
async function pauseAfter(
  error: unknown,
  breaks: Broken[],
  { context, blob }: UploadJob,
): Promise<number | undefined> {
  if (isChecksum(error)) await checkOurs(blob);
  if (!(error instanceof Broken)) return undefined;
  breaks.push(error);
  const codes = breaks.map(({ fault }) => fault.failure.code);
  return isEnough(codes, timingsOf(context)) ? undefined : pauseSeconds(context, breaks.length);
}

function isChecksum(error: unknown): boolean {
  const fault = error instanceof Broken ? error.fault : error;
  return fault instanceof Fault && fault.failure.code === 'checksum';
}

/** The registry hashes the blob, so we send it unhashed. After a mismatch, checks whether our copy is wrong. */
async function checkOurs(blob: LocalBlob): Promise<void> {
  if (blob.openUnhashed) for await (const _ of blob.open());
}

/** A bit that flips on the way does not flip twice. */
function isEnough(seen: readonly Failure['code'][], { timeoutTries }: RegistryTimings): boolean {
  const timeouts = seen.filter((code) => code === 'timeout').length;
  const isAlteredAgain = seen.at(-1) === 'checksum' && seen.length > 1;
  return seen.length === BREAKS || timeouts === timeoutTries || isAlteredAgain;
}

/**
 * Sends a blob in one request from the start, in chunks from any other offset. A large blob is sent in chunks too,
 * unless that lost its upload: some registries don't support chunks.
 */
function step(job: UploadJob, progress: Progress, wasLost: boolean): Promise<Progress> {
  const { blob, chunkBytes } = job;
  const left = blob.size - progress.offset;
  const isSmall = blob.size <= (chunkBytes ?? (wasLost ? Infinity : WHOLE_LIMIT));
  if (left === 0 || (progress.offset === 0 && isSmall)) return sendLast(job, progress);
  const chunk = Math.max(chunkBytes ?? CHUNK, progress.session.minChunk);
  return sendChunk(job, progress, progress.offset + Math.min(left, chunk));
}

/**
 * Returns where an upload continues after a broken connection. If only its last answer was lost, the blob is there.
 */
async function resumed(job: UploadJob, session: UploadSession, isLost: boolean): Promise<Progress> {
  const { context, blob } = job;
  const progress = isLost ? undefined : await askProgress(job, session);
  if (progress) return progress;
  if (await isThere(context, blob.digest)) return { session, offset: blob.size, finished: true };
  if (!isLost) await cancelUploadSession(context, session, blob.digest);
  return { session: await openUploadSession(context, blob.digest), offset: 0 };
}
