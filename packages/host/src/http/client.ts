import { setMaxListeners } from 'node:events';
import { openSender, type Sender } from '../network';
import { discardBody } from './discard';
import { openExchange, type ExchangeOptions } from './exchange';
import { follow } from './follow';
import { RequestFailed } from './request-errors';
import { retry, type Tried } from './retry';
import { askedWait, backoff, isRetried, mayHaveActed } from './retry-policy';
import type { HttpTimings } from './timings';
import { isAnswer, type Exchange, type HttpAnswer, type HttpRequest, type Outcome } from './types';
import type { RequestError } from './types';

/** Sends requests: with time limits, the proxies and certificate authorities of the environment, and redirects. */
export interface HttpClient {
  /** Sends a request, and retries after temporary errors (`isRetried`). Throws errors of the request's own body. */
  send(request: HttpRequest): Promise<Tried<Outcome>>;
  /** As `send`, without retries: for callers that retry more than the request. */
  sendOnce(request: HttpRequest): Promise<Outcome>;
  /** Closes all connections that the client has opened itself, also those in use. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** Names proxies and certificate authorities (docs/networks.md). */
  readonly env: NodeJS.ProcessEnv;
  readonly timings: HttpTimings;
  /** For requests without a signal of their own. */
  readonly signal?: AbortSignal;
  /** Returns the sender for a URL; default: through the proxies of the environment. */
  readonly senderFor?: (url: URL) => Promise<Sender>;
  /** Wraps each request on the wire, to record it. */
  readonly wrap?: (exchange: Exchange) => Exchange;
  /** Whether an answer with a retryable status names a permanent cause; may read the body. */
  readonly saysLasting?: (answer: HttpAnswer, request: HttpRequest) => Promise<boolean>;
  /** The error for a body that breaks. Default: `RequestFailed`. */
  readonly errorFor?: ExchangeOptions['errorFor'];
  /** Reports long waits: "registry.example answered 503: waiting 30 s to read jq". */
  readonly note?: (line: string) => void;
  /** 0 to 1. */
  readonly random?: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/** Shorter waits are not reported. */
const NOTED_SECONDS = 2;

/** Opens a client; connections are opened when they are needed. */
export function openHttpClient(options: HttpClientOptions): HttpClient {
  const { env, timings, signal = new AbortController().signal } = options;
  // Every running request listens: many listeners are not a leak.
  setMaxListeners(0, signal);
  let sender: Promise<Sender> | undefined;
  const own = () => (sender ??= openSender({ env, connectSeconds: timings.connectSeconds }));
  const { senderFor = own, now = () => performance.now(), errorFor = requestFailed } = options;
  const wire = openExchange({ env, timings, signal, senderFor, now, errorFor });
  const exchange = options.wrap?.(wire) ?? wire;
  return {
    sendOnce: (request) => follow(exchange, request),
    send(request) {
      let last: Outcome | undefined;
      const attempt = async () => (await earlierAnswer(request, last)) ?? follow(exchange, request);
      const pause = (outcome: Outcome, tries: number) =>
        pauseAfter((last = outcome), request, options, tries);
      return retry(attempt, pause, request.signal ?? signal);
    },
    async close() {
      await (await sender)?.destroy();
    },
  };
}

function requestFailed(error: RequestError): Error {
  return new RequestFailed(error);
}

/** Returns the answer of a request that must not be sent twice, if its first answer was lost. */
async function earlierAnswer(
  request: HttpRequest,
  last: Outcome | undefined,
): Promise<HttpAnswer | undefined> {
  return last && mayHaveActed(last) ? request.answerIfDone?.() : undefined;
}

async function pauseAfter(
  outcome: Outcome,
  request: HttpRequest,
  options: HttpClientOptions,
  tries: number,
): Promise<number | undefined> {
  const { timings, saysLasting, note, random = Math.random } = options;
  if (!isRetried(outcome, request, timings, tries)) return undefined;
  if (isAnswer(outcome) && (await saysLasting?.(outcome, request)) === true) return undefined;
  if (isAnswer(outcome)) await discardBody(outcome);
  const asked = isAnswer(outcome) ? askedWait(outcome.headers) : undefined;
  const seconds = Math.max(asked ?? 0, backoff(timings, tries, random()));
  if (seconds > NOTED_SECONDS) note?.(waitWords(request, outcome, seconds));
  return seconds;
}

function waitWords({ url, purpose }: HttpRequest, outcome: Outcome, seconds: number): string {
  const why = isAnswer(outcome) ? `answered ${outcome.status}` : outcome.words;
  return `${url.host} ${why}: waiting ${Math.ceil(seconds)} s to ${purpose}`;
}
