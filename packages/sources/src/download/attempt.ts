import { createHash } from 'node:crypto';
import {
  isAnswer,
  RequestFailed,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
} from '@image-tooling/host';
import { brokenBody, mismatch, requestRefusal, statusRefusal, tooLarge, type Refusal } from './refusal';

/** The target of a download's bytes. */
export interface Sink {
  write(chunk: Uint8Array): Promise<unknown>;
}

/** The expected bytes. */
export interface Expected {
  /** 64 lower-case hexadecimal digits. */
  readonly sha256?: string;
  /** Bytes. */
  readonly size?: number;
  /** Bytes; a larger download is stopped. */
  readonly maxBytes: number;
}

/** The options of one try. */
export interface AttemptOptions {
  readonly client: HttpClient;
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

/**
 * Tries one address once, follows its redirects, and writes the bytes to `sink`. Throws what the sink throws,
 * and a `Fault` with `aborted`.
 */
export async function attempt(
  address: string,
  sink: Sink,
  expected: Expected,
  options: AttemptOptions,
): Promise<Received | Refusal> {
  if (!URL.canParse(address)) return { code: 'network', reason: 'it is not a URL', retry: false };
  const request = requestOf(new URL(address), options.signal);
  const outcome = await options.client.sendOnce(request);
  if (!isAnswer(outcome)) return requestRefusal(outcome);
  try {
    if (outcome.status !== 200) return statusRefusal(outcome, request.url);
    return withPageNamed(await receive(outcome, sink, expected, options.onBytes), outcome);
  } finally {
    // An unread answer would keep its connection, and the process, alive.
    outcome.body.destroy();
  }
}

/**
 * Returns the header for the user name and password of an address, only sent to its origin. Nothing is
 * re-encoded.
 */
function requestOf(url: URL, signal: AbortSignal): HttpRequest {
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const hasLogin = url.username !== '';
  url.username = url.password = '';
  return {
    method: 'GET',
    url,
    headers: { 'accept-encoding': 'identity' },
    ...(hasLogin && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    purpose: 'download a file',
    signal,
  };
}

/**
 * Servers and proxies answer with a web page if they do not have the file: wrong bytes, but no manipulation.
 */
function withPageNamed(outcome: Received | Refusal, { headers }: HttpAnswer): Received | Refusal {
  const isPage = /^text\/html\b/i.test(headers['content-type'] ?? '');
  if (!isRefusal(outcome) || !isPage) return outcome;
  return { ...outcome, reason: `${outcome.reason}; received a web page instead of the file` };
}

async function receive(
  { body }: HttpAnswer,
  sink: Sink,
  expected: Expected,
  onBytes: AttemptOptions['onBytes'],
): Promise<Received | Refusal> {
  const limit = Math.min(expected.maxBytes, expected.size ?? Infinity);
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > limit) return tooLarge(limit);
      hash.update(chunk);
      await sink.write(chunk);
      onBytes?.(chunk.byteLength);
    }
  } catch (error) {
    if (error instanceof RequestFailed) return brokenBody(error.error);
    throw error;
  }
  const sha256 = hash.digest('hex');
  return mismatch(size, sha256, expected) ?? { sha256, size };
}
