import { discardBody, Fault } from '@image-tooling/host';
import type { Failure } from '@image-tooling/model';
import type { Descriptor } from '../../image/manifest';
import { addressOf } from '../transport/address';
import { expectStatus } from '../answers/expect';
import { PULL, type Context } from '../context';
import { repositoryText } from '../reference';
import { attempted, pauseSeconds, retryFaults, timingsOf } from '../transport/retry-faults';
import type { RegistryAnswer, RegistryRequest } from '../send';
import { missingBlob, wrongBytes } from './checked';

/** How often in a row a connection may break before it delivers a mebibyte. */
const BREAKS = 5;
const PROGRESS = 1024 * 1024;
const PASSING = new Set<Failure['code']>(['network', 'timeout', 'truncated']);

type Blob = Pick<Descriptor, 'digest' | 'size'>;

/**
 * Reads a blob's bytes from the registry, not hashed. After a broken connection it continues with Range, or by
 * skipping bytes that it has. Never more than the blob's size. Throws a `Fault`: `gone` if the registry has no such
 * blob, `checksum` if the blob has another size. With the default timings it fails after 80 s without an answer (two
 * attempts), after 140 s if the registry stalls while it sends.
 */
export async function* download(context: Context, blob: Blob): AsyncGenerator<Uint8Array> {
  const stream = new BlobStream(context, blob);
  try {
    for (let piece = await stream.next(); piece; piece = await stream.next()) yield piece;
  } finally {
    await stream.close();
  }
}

/** Reads a blob piece by piece, in as many requests as needed. */
class BlobStream {
  private pieces: AsyncGenerator<Uint8Array, undefined> | undefined;
  private offset = 0;
  /** Breaks in a row, and the offset of the last one. */
  private breaks = 0;
  private brokeAt = 0;
  private timeouts = 0;

  constructor(
    private readonly context: Context,
    private readonly blob: Blob,
  ) {}

  /** Returns the next bytes; undefined at the end. */
  next(): Promise<Uint8Array | undefined> {
    return retryFaults(
      this.context,
      () => attempted(this.read()),
      (error) => this.pauseAfter(error),
    );
  }

  async close(): Promise<void> {
    await this.pieces?.return(undefined);
  }

  private async read(): Promise<Uint8Array | undefined> {
    this.pieces ??= rest(this.context, this.blob, this.offset);
    const { value } = await this.pieces.next();
    this.offset += value?.length ?? 0;
    if (!value && this.offset < this.blob.size) throw cutShort(this.blob, this.offset);
    return value;
  }

  private pauseAfter(error: unknown): number | undefined {
    this.pieces = undefined;
    if (!(error instanceof Fault) || !PASSING.has(error.failure.code)) return undefined;
    if (error.failure.code === 'timeout') this.timeouts++;
    this.breaks = this.offset - this.brokeAt >= PROGRESS ? 1 : this.breaks + 1;
    this.brokeAt = this.offset;
    const isEnough = this.breaks === BREAKS || this.timeouts === timingsOf(this.context).timeoutTries;
    return isEnough ? undefined : pauseSeconds(this.context, this.breaks);
  }
}

/** Requests the blob from `offset` on. */
async function* rest(context: Context, blob: Blob, offset: number): AsyncGenerator<Uint8Array, undefined> {
  const answer = await answerFrom(context, blob, offset);
  let skip = answer.status === 206 ? 0 : offset;
  let left = blob.size - offset;
  for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
    const wanted = piece.subarray(skip);
    skip -= piece.length - wanted.length;
    left -= wanted.length;
    if (left < 0) throw wrongBytes({ ...blob, from: repositoryText(context.name) }, 'there are more');
    if (wanted.length > 0) yield wanted;
  }
  return undefined;
}

async function answerFrom(context: Context, blob: Blob, offset: number): Promise<RegistryAnswer> {
  const request: RegistryRequest = {
    method: 'GET',
    url: addressOf(context, `blobs/${blob.digest}`),
    ...(offset > 0 && { headers: { range: `bytes=${offset}-` } }),
    purpose: purposeOf(context, blob),
    scope: PULL,
  };
  const answer = await expectStatus(await context.send(request), request, 200, 206, 404, 416);
  if (answer.status === 404) {
    void discardBody(answer);
    throw missingBlob({ ...blob, from: repositoryText(context.name) });
  }
  if (answer.status === 416) {
    void discardBody(answer);
    throw cutShort(blob, offset);
  }
  if (answer.status === 206 && !startsAt(answer, offset)) {
    answer.body.destroy();
    throw wrongRange(answer, request.purpose);
  }
  return answer;
}

/** RFC 9110 §14.4: `Content-Range: bytes 100-199/200`. */
function startsAt(answer: RegistryAnswer, offset: number): boolean {
  return answer.headers['content-range']?.startsWith(`bytes ${offset}-`) === true;
}

function purposeOf({ name }: Context, { digest }: Pick<Descriptor, 'digest'>): string {
  return `read the blob ${digest} of ${name.path}`;
}

function cutShort({ digest, size }: Pick<Descriptor, 'digest' | 'size'>, offset: number): Fault {
  return new Fault({
    code: 'truncated',
    message: `The registry sends only ${offset} of the ${size} bytes of the blob ${digest}.`,
    hint: 'Run it again; if it fails again, publish the image again.',
  });
}

function wrongRange(answer: RegistryAnswer, purpose: string): Fault {
  return new Fault({
    code: 'network',
    message: `Could not ${purpose}: ${answer.url.host} sends another range than was requested.`,
  });
}
