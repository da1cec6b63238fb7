import { discardBody, Fault } from '@image-tooling/host';
import { refusalOf, type Refusal } from '../answers/refusal';
import { PUSH } from '../context';
import type { RegistryAnswer, RegistryRequest } from '../send';
import { finishAddress, uploadSessionOf, type UploadSession } from './upload-session';
import type { Progress, UploadJob } from './upload-job';

/** A request of an upload failed, but a retry may succeed. */
export class Broken extends Fault {
  constructor(
    /** Reported if the retries fail too. */
    readonly fault: Fault,
    /** The registry no longer knows this upload. */
    readonly isLost: boolean,
  ) {
    super(fault.failure);
  }
}

/** Sends bytes from `offset` up to `end` as one chunk (PATCH). */
export async function sendChunk(
  job: UploadJob,
  { session, offset }: Progress,
  end: number,
): Promise<Progress> {
  const range = { 'content-range': `${offset}-${end - 1}` };
  const answer = await send(job, {
    method: 'PATCH',
    url: session.location,
    ...bodyOf(job, offset, end, range),
  });
  const next = uploadSessionOf(answer, purposeOf(job), session);
  return { session: next, offset: lastByte(answer) === undefined ? end : (lastByte(answer) as number) + 1 };
}

/** Sends all bytes from `offset` on, if any, and finishes the upload (PUT). */
export async function sendLast(job: UploadJob, { session, offset }: Progress): Promise<Progress> {
  const { digest, size } = job.blob;
  const url = finishAddress(session, digest);
  const answer = await send(job, { method: 'PUT', url, ...bodyOf(job, offset, size) });
  const taken = answer.headers['docker-content-digest'];
  if (taken !== undefined && taken !== digest) throw new Broken(takenAs(job, taken), true);
  return { session, offset: size, finished: true };
}

/** Asks how many bytes of an upload the registry has; undefined if it can't say. */
export async function askProgress(job: UploadJob, session: UploadSession): Promise<Progress | undefined> {
  const purpose = `ask how far the blob ${job.blob.digest} has come`;
  const result = await job.context.send({ method: 'GET', url: session.location, purpose, scope: PUSH });
  if (!result.ok) throw new Fault(result.failures[0]);
  void discardBody(result.value);
  const last = lastByte(result.value);
  if (result.value.status >= 300 || last === undefined || last >= job.blob.size) return undefined;
  return { session: uploadSessionOf(result.value, purpose, session), offset: last + 1 };
}

type Part = Pick<RegistryRequest, 'headers' | 'body'>;

function bodyOf({ reader, meter }: UploadJob, start: number, end: number, headers: object = {}): Part {
  let opened = 0;
  async function* open(): AsyncGenerator<Uint8Array> {
    const nth = ++opened;
    meter.moveTo(start);
    for await (const piece of reader.part(start, end)) {
      // A redirect may answer before the last byte is sent, and then the same bytes are sent again.
      if (nth !== opened) return;
      meter.send(piece.length);
      yield piece;
    }
  }
  return {
    headers: { 'content-type': 'application/octet-stream', ...headers },
    body: { size: end - start, open },
  };
}

async function send(
  job: UploadJob,
  request: Pick<RegistryRequest, 'method' | 'url' | 'headers' | 'body'>,
): Promise<RegistryAnswer> {
  const purpose = purposeOf(job);
  const result = await job.context.send({ ...request, purpose, scope: PUSH, repeatable: false });
  if (job.reader.fault) throw job.reader.fault;
  if (!result.ok) throw brokenOff(new Fault(result.failures[0]));
  const answer = result.value;
  if ([201, 202, 204].includes(answer.status)) {
    void discardBody(answer);
    return answer;
  }
  throw refused(await refusalOf(answer, { method: request.method, purpose }));
}

function brokenOff(fault: Fault): Error {
  return ['network', 'timeout'].includes(fault.failure.code) ? new Broken(fault, false) : fault;
}

/** 404 and 416: the upload is unknown, or has another offset (OCI distribution-spec 1.1, "Error Codes"). */
function refused(refusal: Refusal): Error {
  const isLost = [404, 416].includes(refusal.status) || refusal.codes.some((code) => LOST.includes(code));
  if (isLost) return new Broken(refusal, true);
  return refusal.status >= 500 && refusal.failure.code === 'http-status'
    ? new Broken(refusal, false)
    : refusal;
}

const LOST: readonly string[] = [
  'BLOB_UPLOAD_UNKNOWN',
  'BLOB_UPLOAD_INVALID',
  'RANGE_INVALID',
  'DIGEST_INVALID',
];

/**
 * `Range: 0-1023` is 1024 bytes. Many registries send `0-0` for no bytes; it could also mean one byte, so it is
 * ignored.
 */
function lastByte({ headers }: RegistryAnswer): number | undefined {
  const last = Number(/^(?:bytes=)?0-([0-9]+)$/.exec(headers['range'] ?? '')?.[1]);
  return last > 0 ? last : undefined;
}

function purposeOf({ blob, context }: UploadJob): string {
  return `push the blob ${blob.digest} to ${context.name.path}`;
}

function takenAs({ blob }: UploadJob, taken: string): Fault {
  return new Fault({
    code: 'checksum',
    message: 'The registry stored another blob than was sent.',
    hint: 'A proxy or mirror on the way may change it: check it.',
    details: [`sent ${blob.digest}`, `stored as ${taken}`],
  });
}
