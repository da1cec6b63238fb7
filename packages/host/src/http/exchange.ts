import { Readable } from 'node:stream';
import type { RequestOptions, ResponseData, Sender } from '../network';
import { AnswerBody } from './answer-body';
import { requestErrorOf } from './request-errors';
import { IdleTimeout } from './timeouts';
import type { HttpTimings } from './timings';
import { isAnswer, type Exchange, type Exchanged, type HttpAnswer, type HttpRequest } from './types';
import type { Outcome, RequestError } from './types';
import { Upload } from './upload';

export interface ExchangeOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly timings: HttpTimings;
  readonly signal: AbortSignal;
  readonly senderFor: (url: URL) => Promise<Sender>;
  readonly now: () => number;
  /** The error for a body that breaks. */
  readonly errorFor: (error: RequestError, request: HttpRequest) => Error;
}

/** Returns a function that sends one request on the wire, with time limits. */
export function openExchange(options: ExchangeOptions): Exchange {
  const { env, timings, signal, senderFor, now } = options;
  return async (request) => {
    const timeout = new IdleTimeout(request.signal ?? signal);
    const upload = request.body && new Upload(request.body, timeout, timings, now);
    try {
      const sender = await senderFor(request.url);
      timeout.signal.throwIfAborted();
      waitForAnswer(request, timeout, timings);
      const response = await sender.request(wireOptions(request, timeout, upload));
      timeout.stop();
      upload?.answer();
      return exchanged(answerOf(response, request, timeout, options), upload);
    } catch (error) {
      timeout.end();
      if (upload?.bodyError) return exchanged(BODY_UNREADABLE, upload);
      return exchanged(requestErrorOf(timeout.signal.aborted ? timeout.signal.reason : error, env), upload);
    }
  };
}

/** No answer, because the request's body failed: the caller gets `bodyError`. */
const BODY_UNREADABLE: RequestError = {
  code: 'aborted',
  words: 'got an incomplete request',
  mayHaveActed: true,
};

function exchanged(outcome: Outcome, upload: Upload | undefined): Exchanged {
  return {
    outcome,
    sentBytes: upload?.sentBytes ?? 0,
    ...(upload?.bodyError && !isAnswer(outcome) && { bodyError: upload.bodyError }),
  };
}

/**
 * The time limit until the first byte of a body is requested, or until the answer to a request without a body begins.
 */
function waitForAnswer({ method }: HttpRequest, timeout: IdleTimeout, timings: HttpTimings): void {
  // Opening an upload and mounting a blob move no bytes.
  const isShort = ['GET', 'HEAD', 'POST'].includes(method);
  const seconds = isShort ? timings.readAnswerSeconds : timings.writeAnswerSeconds;
  timeout.start(seconds, `gave no answer within ${seconds} s`);
}

function wireOptions(
  { method, url, headers, authorization, body }: HttpRequest,
  timeout: IdleTimeout,
  upload: Upload | undefined,
): RequestOptions {
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: {
      'user-agent': 'image-tooling',
      ...headers,
      ...(authorization !== undefined && { authorization }),
      ...(body && { 'content-length': String(body.size) }),
    },
    // undici accepts any async iterable, and requests the next piece after it has sent the last one.
    body: (upload?.bytes() ?? null) as Readable | null,
    signal: timeout.signal,
    headersTimeout: 0,
    bodyTimeout: 0,
    // undici closes the connection after each HEAD, in case a server wrongly sends a body; half of our requests are
    // HEADs.
    reset: false,
  };
}

function answerOf(
  { statusCode, headers, body }: ResponseData,
  request: HttpRequest,
  timeout: IdleTimeout,
  { timings, env, now, errorFor }: ExchangeOptions,
): HttpAnswer {
  const { method, url, authorization } = request;
  const answer = { status: statusCode, headers: joined(headers), url, hadLogin: authorization !== undefined };
  if (method === 'HEAD' || statusCode === 204 || headers['content-length'] === '0') {
    timeout.end();
    body.resume();
    return { ...answer, body: Readable.from([]) };
  }
  const options = { timeout, timings, env, now, errorFor: (error: RequestError) => errorFor(error, request) };
  return { ...answer, body: new AnswerBody(body, options) };
}

function joined(headers: ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
