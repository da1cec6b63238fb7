import { createHash } from 'node:crypto';
import { brokenBody, mismatch, requestRefusal, statusRefusal, tooLarge, type Refusal } from './refusal';
import { Patience } from './patience';
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
  readonly onBytes?: (count: number) => void;
}

export interface Received {
  readonly sha256: string;
  readonly size: number;
}

export function isRefusal(outcome: Received | Refusal): outcome is Refusal {
  return 'reason' in outcome;
}

/** Tries one address once, bytes to `sink`. Throws what the sink throws, and `AbortedDownload`. */
export async function attempt(
  url: string,
  sink: Sink,
  expected: Expected,
  options: AttemptOptions,
): Promise<Received | Refusal> {
  const patience = new Patience(options.signal);
  const { connectSeconds } = options.timings;
  try {
    patience.wait(connectSeconds, { reason: `no answer within ${connectSeconds} s`, unreachable: true });
    const response = await request(url, patience);
    if (!(response instanceof Response)) return response;
    if (response.ok) return await receive(response, sink, expected, patience, options);
    await response.body?.cancel().catch(() => undefined);
    return statusRefusal(response);
  } finally {
    patience.end();
  }
}

async function request(url: string, patience: Patience): Promise<Response | Refusal> {
  try {
    const { address, headers } = withoutUserinfo(url);
    return await fetch(address, { signal: patience.signal, headers });
  } catch (error) {
    return patience.refusal() ?? requestRefusal(error);
  }
}

/** fetch refuses addresses with a user name in them: it goes into a header. Nothing may be re-encoded. */
function withoutUserinfo(url: string): { address: URL; headers: Record<string, string> } {
  const address = new URL(url);
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (address.username === '') return { address, headers };
  const userinfo = `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`;
  headers['authorization'] = `Basic ${Buffer.from(userinfo).toString('base64')}`;
  address.username = address.password = '';
  return { address, headers };
}

async function receive(
  response: Response,
  sink: Sink,
  expected: Expected,
  patience: Patience,
  options: AttemptOptions,
): Promise<Received | Refusal> {
  const reader = response.body?.getReader();
  try {
    return await receiveFrom(reader, sink, expected, patience, options);
  } finally {
    // A body that nobody reads on (the disk is full) would keep its connection, and the process, for ever.
    await reader?.cancel().catch(() => undefined);
  }
}

async function receiveFrom(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
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
    const chunk = await nextChunk(reader, size, patience);
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
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  received: number,
  patience: Patience,
): Promise<Uint8Array | undefined | Refusal> {
  try {
    return (await reader?.read())?.value;
  } catch (error) {
    return patience.refusal() ?? brokenBody(error, received);
  }
}
