import { createHash } from 'node:crypto';
import type { ResponseData, Sender } from '@image-tooling/host';
import { brokenBody, mismatch, requestRefusal, statusRefusal, tooLarge, type Refusal } from './refusal';
import { Patience } from './patience';
import { firstPlace, nextPlace, type Place } from './redirects';
import type { HttpTimings } from './timings';

/** Where the bytes of a download go. */
export interface Sink {
  write(chunk: Uint8Array): Promise<unknown>;
}

/** What the bytes must be. */
export interface Expected {
  /** 64 lower-case hexadecimal digits. */
  readonly sha256?: string;
  /** Bytes. */
  readonly size?: number;
  /** Bytes; more than this is refused while they come. */
  readonly maxBytes: number;
}

/** What one try is given. */
export interface AttemptOptions {
  readonly timings: HttpTimings;
  readonly signal: AbortSignal;
  readonly sender: () => Promise<Sender>;
  readonly onBytes?: (count: number) => void;
}

export interface Received {
  readonly sha256: string;
  readonly size: number;
}

export function isRefusal(outcome: Received | Refusal): outcome is Refusal {
  return 'reason' in outcome;
}

/** Tries one address once, and where it sends us, bytes to `sink`. Throws what the sink throws, and `AbortedDownload`. */
export async function attempt(
  url: string,
  sink: Sink,
  expected: Expected,
  options: AttemptOptions,
): Promise<Received | Refusal> {
  const patience = new Patience(options.signal);
  try {
    const answered = await follow(url, patience, options);
    if ('reason' in answered) return answered;
    const { response, place } = answered;
    if (response.statusCode === 200) return await receive(response, sink, expected, patience, options);
    await leave(response);
    const refusal = statusRefusal(response, 'authorization' in place.headers);
    return place.hops === 0 ? refusal : sentOn(place, refusal);
  } finally {
    patience.end();
  }
}

/** The answer of the address itself, or of the one that it sends us to in the end. */
async function follow(
  url: string,
  patience: Patience,
  options: AttemptOptions,
): Promise<{ readonly response: ResponseData; readonly place: Place } | Refusal> {
  if (!URL.canParse(url)) return { code: 'network', reason: 'it is no address', retry: false };
  for (let place = firstPlace(url); ;) {
    const response = await request(place, patience, options);
    if (isTold(response)) return place.hops === 0 ? response : sentOn(place, response);
    const next = nextPlace(response, place);
    if (!next) return { response, place };
    await leave(response);
    if ('reason' in next) return next;
    place = next;
  }
}

async function request(
  { url, headers }: Place,
  patience: Patience,
  { sender, timings: { connectSeconds } }: AttemptOptions,
): Promise<ResponseData | Refusal> {
  try {
    const open = await sender();
    patience.wait(connectSeconds, { reason: `no answer within ${connectSeconds} s`, unreachable: true });
    return await open.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: { 'user-agent': 'image-tooling', 'accept-encoding': 'identity', ...headers },
      signal: patience.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  } catch (error) {
    return patience.refusal() ?? requestRefusal(error);
  }
}

/** What went wrong where the address sent us: that is no fault of the server that was asked first. */
function sentOn({ url }: Place, refusal: Refusal): Refusal {
  return { ...refusal, reason: `sent on to ${url.origin}: ${refusal.reason}`, unreachable: false };
}

function isTold(outcome: ResponseData | Refusal): outcome is Refusal {
  return 'reason' in outcome;
}

/** Ends an answer that nobody reads on: it would keep its connection, and the process, for ever. */
async function leave({ body }: ResponseData): Promise<void> {
  body.on('error', () => undefined).destroy();
}

async function receive(
  response: ResponseData,
  sink: Sink,
  expected: Expected,
  patience: Patience,
  options: AttemptOptions,
): Promise<Received | Refusal> {
  try {
    const chunks = response.body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    return withPageTold(await receiveFrom(chunks, sink, expected, patience, options), response);
  } finally {
    await leave(response);
  }
}

/** Servers and proxies answer with a page for people where they have no file: wrong bytes, but not altered ones. */
function withPageTold(outcome: Received | Refusal, { headers }: ResponseData): Received | Refusal {
  const isPage = /^text\/html\b/i.test(String(headers['content-type'] ?? ''));
  if (!isRefusal(outcome) || !isPage) return outcome;
  return { ...outcome, reason: `${outcome.reason}; a web page came instead of the file` };
}

async function receiveFrom(
  chunks: AsyncIterator<Uint8Array>,
  sink: Sink,
  expected: Expected,
  patience: Patience,
  { timings, onBytes }: AttemptOptions,
): Promise<Received | Refusal> {
  const limit = Math.min(expected.maxBytes, expected.size ?? Infinity);
  const hash = createHash('sha256');
  let size = 0;
  for (;;) {
    patience.wait(timings.stallSeconds, { reason: `no byte came for ${timings.stallSeconds} s` });
    const chunk = await nextChunk(chunks, size, patience);
    if (chunk === undefined) break;
    if (!(chunk instanceof Uint8Array)) return chunk;
    size += chunk.byteLength;
    if (size > limit) return tooLarge(limit);
    hash.update(chunk);
    await sink.write(chunk);
    onBytes?.(chunk.byteLength);
  }
  const sha256 = hash.digest('hex');
  return mismatch(size, sha256, expected) ?? { sha256, size };
}

async function nextChunk(
  chunks: AsyncIterator<Uint8Array>,
  received: number,
  patience: Patience,
): Promise<Uint8Array | undefined | Refusal> {
  try {
    const next = await chunks.next();
    return next.done === true ? undefined : next.value;
  } catch (error) {
    return patience.refusal() ?? brokenBody(error, received);
  }
}
