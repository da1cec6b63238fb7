import { Fault } from '@image-tooling/host';
import type { Failure } from '@image-tooling/model';
import type { LocalBlob } from '../port';
import type { RegistryTimings } from '../options';
import { attempted, pauseSeconds, retryFaults, timingsOf } from '../transport/retry-faults';
import { isThere } from './presence';
import { BlobReader } from './reader';
import { cancelSession, openSession, type Session } from './session';
import type { Progress, UploadJob } from './upload-job';
import { askProgress, Broken, sendChunk, sendLast } from './upload-requests';

/** How often the upload of one blob may break. Of these, `timeoutTries` by taking too long. */
const BREAKS = 6;

/**
 * Bytes. Up to this a blob goes in one request: it is faster (by 7 % to docker-registry), and not every registry
 * takes chunks well. Of a larger one a break would cost too much.
 */
const WHOLE_LIMIT = 1024 * 1024 * 1024;
/** Bytes of a chunk: after a break, what went before it need not be sent again. */
const CHUNK = 64 * 1024 * 1024;

/**
 * Sends a blob in an upload that is open. After a break it goes on from where the registry got to, or in a new
 * upload. Where it fails for good the upload is cancelled. Throws a `Fault`. Bytes that flow are given all the time
 * they take; a registry that takes none, or answers nothing, is given up after 12 minutes with the default timings:
 * two waits of 310 s for an answer, and 80 s of asking how far it came.
 */
export async function upload(parts: Omit<UploadJob, 'reader'>, session: Session): Promise<void> {
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
    await cancelSession(context, progress.session, blob.digest);
    throw error instanceof Broken ? error.fault : error;
  } finally {
    job.reader.close();
  }
}

/** Adds a break to those before it; no pause where there were enough. Throws where the bytes were wrong here already. */
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

/** The registry hashes what it gets, so a blob may be sent unhashed. If it was wrong, was it so here already? */
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
 * In one request from the start, in chunks from anywhere else. A large blob goes in chunks too, unless that cost its
 * upload: some registries take none.
 */
function step(job: UploadJob, progress: Progress, wasLost: boolean): Promise<Progress> {
  const { blob, chunkBytes } = job;
  const left = blob.size - progress.offset;
  const isSmall = blob.size <= (chunkBytes ?? (wasLost ? Infinity : WHOLE_LIMIT));
  if (left === 0 || (progress.offset === 0 && isSmall)) return sendLast(job, progress);
  const chunk = Math.max(chunkBytes ?? CHUNK, progress.session.minChunk);
  return sendChunk(job, progress, progress.offset + Math.min(left, chunk));
}

/** Where an upload goes on after a break. Its last answer may have been lost: then the blob is there. */
async function resumed(job: UploadJob, session: Session, isLost: boolean): Promise<Progress> {
  const { context, blob } = job;
  const progress = isLost ? undefined : await askProgress(job, session);
  if (progress) return progress;
  if (await isThere(context, blob.digest)) return { session, offset: blob.size, finished: true };
  if (!isLost) await cancelSession(context, session, blob.digest);
  return { session: await openSession(context, blob.digest), offset: 0 };
}
