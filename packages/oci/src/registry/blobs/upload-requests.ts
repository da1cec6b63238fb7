import { discardBody, Fault } from '@image-tooling/host';
import { refusalOf, type Refusal } from '../answers/refusal';
import { PUSH } from '../context';
import type { RegistryAnswer, RegistryRequest } from '../transport/types';
import { finishAddress, sessionOf, type Session } from './session';
import type { Progress, UploadJob } from './upload-job';

/** A request of an upload came to nothing, but another may succeed. */
export class Broken extends Error {
  constructor(
    /** What to say where nothing helps. */
    readonly fault: Fault,
    /** The registry does not know this upload any more. */
    readonly isLost: boolean,
  ) {
    super(fault.message);
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
  const next = sessionOf(answer, purposeOf(job), session);
  return { session: next, offset: lastByte(answer) === undefined ? end : (lastByte(answer) as number) + 1 };
}

/** Sends all bytes from `offset` on, none where it is the end, and finishes the upload (PUT). */
export async function sendLast(job: UploadJob, { session, offset }: Progress): Promise<Progress> {
  const { digest, size } = job.blob;
  const url = finishAddress(session, digest);
  const answer = await send(job, { method: 'PUT', url, ...bodyOf(job, offset, size) });
  const taken = answer.headers['docker-content-digest'];
  if (taken !== undefined && taken !== digest) throw new Broken(takenAs(job, taken), true);
  return { session, offset: size, finished: true };
}

/** Asks how far an upload has come; undefined where the registry can't say. */
export async function askProgress(job: UploadJob, session: Session): Promise<Progress | undefined> {
  const purpose = `ask how far the blob ${job.blob.digest} has come`;
  const result = await job.context.send({ method: 'GET', url: session.location, purpose, scope: PUSH });
  if (!result.ok) throw new Fault(result.failures[0]);
  void discardBody(result.value);
  const last = lastByte(result.value);
  if (result.value.status >= 300 || last === undefined || last >= job.blob.size) return undefined;
  return { session: sessionOf(result.value, purpose, session), offset: last + 1 };
}

type Part = Pick<RegistryRequest, 'headers' | 'body'>;

function bodyOf({ reader, meter }: UploadJob, start: number, end: number, headers: object = {}): Part {
  let opened = 0;
  async function* open(): AsyncGenerator<Uint8Array> {
    const nth = ++opened;
    meter.moveTo(start);
    for await (const piece of reader.part(start, end)) {
      // An answer may come before the last byte is sent, and the same bytes be asked for again: a redirect.
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

/** 404 and 416: the upload is unknown, or not where we thought (OCI distribution-spec 1.1, "Error Codes"). */
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
 * `Range: 0-1023` is 1024 bytes. Many registries say `0-0` where they have none; that it could be one byte too
 * makes it useless.
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
    message: 'The registry took a blob as something else than what was sent.',
    hint: 'Look at what stands between here and the registry: a proxy, a mirror.',
    details: [`sent ${blob.digest}`, `taken as ${taken}`],
  });
}
