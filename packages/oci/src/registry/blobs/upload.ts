import { pauseAfter } from '../answers/pause';
import type { Context } from '../context';
import type { LocalBlob } from '../port';
import type { Meter } from './meter';
import { hasBlob } from './presence';
import { BlobReader } from './reader';
import { cancelSession, openSession, type Session } from './session';
import type { Progress, UploadJob } from './upload-job';
import { askProgress, Broken, sendChunk, sendLast } from './upload-requests';

/** How often the upload of one blob may break. */
const BREAKS = 6;

/** Bytes. Up to this a blob goes in one request, unless one broke. */
const WHOLE_LIMIT = 256 * 1024 * 1024;
/** Bytes of a chunk: after a break, what went before it need not be sent again. */
const CHUNK = 64 * 1024 * 1024;

/**
 * Sends a blob in an upload that is open. After a break it goes on from where the registry got to, or in a new
 * upload. Where it fails for good the upload is cancelled. Throws a `Fault`.
 */
export async function upload(
  context: Context,
  blob: LocalBlob,
  session: Session,
  meter: Meter,
): Promise<void> {
  const job: UploadJob = { context, blob, meter, reader: new BlobReader(blob) };
  let progress: Progress = { session, offset: 0 };
  try {
    for (let breaks = 0; !progress.finished;)
      try {
        progress = await step(job, progress, breaks > 0);
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        if (++breaks === BREAKS || isAlteredAgain(error, breaks)) throw error.fault;
        await pauseAfter(context, breaks);
        progress = await resumed(job, progress.session, error.isLost);
        meter.moveTo(progress.offset);
      }
  } catch (error) {
    await cancelSession(context, progress.session, blob.digest);
    throw error;
  } finally {
    job.reader.close();
  }
}

/** A bit that flips on the way does not flip twice. */
function isAlteredAgain({ fault }: Broken, breaks: number): boolean {
  return fault.failure.code === 'checksum' && breaks > 1;
}

function step(job: UploadJob, progress: Progress, inChunks: boolean): Promise<Progress> {
  const { size } = job.blob;
  const left = size - progress.offset;
  if (left === 0 || (!inChunks && size <= WHOLE_LIMIT)) return sendLast(job, progress);
  const chunk = Math.max(CHUNK, progress.session.minChunk);
  return sendChunk(job, progress, progress.offset + Math.min(left, chunk));
}

/** Where an upload goes on after a break. Its last answer may have been lost: then the blob is there. */
async function resumed(job: UploadJob, session: Session, isLost: boolean): Promise<Progress> {
  const { context, blob } = job;
  const progress = isLost ? undefined : await askProgress(job, session);
  if (progress) return progress;
  if (await hasBlob(context, blob.digest)) return { session, offset: blob.size, finished: true };
  if (!isLost) await cancelSession(context, session, blob.digest);
  return { session: await openSession(context, blob.digest), offset: 0 };
}
