import { Readable } from 'node:stream';
import type { RequestOptions, ResponseData } from '@image-tooling/host';
import type { RegistryAnswer } from './types';
import { AnswerBody } from './answer-body';
import type { Conversation, WireRequest } from './conversation';
import { Patience } from './patience';
import { shownUrl } from './record';
import { troubleOf, type Trouble } from './trouble';
import { Upload } from './upload';

/** What came of a request: the other side's answer, or why there was none. */
export type Outcome = RegistryAnswer | Trouble;

export function isAnswer(outcome: Outcome): outcome is RegistryAnswer {
  return 'status' in outcome;
}

/** Sends a request once. Throws what the request's own body throws. */
export async function attempt(conversation: Conversation, request: WireRequest): Promise<Outcome> {
  const { timings, seams, signal } = conversation;
  const patience = new Patience(signal);
  const upload = request.body && new Upload(request.body, patience, timings, seams.now);
  const outcome = await answerOf(conversation, request, patience, upload);
  conversation.onRequest({
    method: request.method,
    url: shownUrl(request.url),
    ...(isAnswer(outcome) && { status: outcome.status }),
    sentBytes: upload?.sentBytes ?? 0,
  });
  if (upload?.fault && !isAnswer(outcome)) throw upload.fault.error;
  return outcome;
}

async function answerOf(
  conversation: Conversation,
  request: WireRequest,
  patience: Patience,
  upload: Upload | undefined,
): Promise<Outcome> {
  try {
    const sender = await conversation.connections.for(request.url);
    patience.signal.throwIfAborted();
    waitForAnswer(conversation, request, patience);
    const response = await sender.request(wireOptions(request, patience, upload));
    patience.rest();
    upload?.answer();
    return answer(conversation, request, patience, response);
  } catch (error) {
    patience.end();
    if (upload?.fault) return UNREADABLE;
    return troubleOf(patience.signal.aborted ? patience.signal.reason : error);
  }
}

/** No answer, since there was nothing more to send: its reader is told by what `attempt` throws. */
const UNREADABLE: Trouble = { code: 'aborted', words: 'was sent no more', mayHaveActed: true };

/** Until the first byte of a body is wanted, or the answer to a request without one begins. */
function waitForAnswer({ timings }: Conversation, request: WireRequest, patience: Patience): void {
  // An upload is opened, and a blob mounted, without a byte being moved.
  const isShort = ['GET', 'HEAD', 'POST'].includes(request.method);
  const seconds = isShort ? timings.readAnswerSeconds : timings.writeAnswerSeconds;
  patience.wait(timings.connectSeconds + seconds, `gave no answer within ${seconds} s`);
}

function wireOptions(
  { method, url, headers, authorization, body }: WireRequest,
  patience: Patience,
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
    // undici takes any async iterable, and asks for the next piece when the connection has taken the last one.
    body: (upload?.bytes() ?? null) as Readable | null,
    signal: patience.signal,
    headersTimeout: 0,
    bodyTimeout: 0,
    // undici closes the connection after each HEAD, lest a wrong server send a body; half of our requests are HEADs.
    reset: false,
  };
}

function answer(
  conversation: Conversation,
  { method, url, purpose, authorization }: WireRequest,
  patience: Patience,
  { statusCode, headers, body }: ResponseData,
): RegistryAnswer {
  const { timings, seams, secrets } = conversation;
  const common = {
    status: statusCode,
    headers: joined(headers),
    url,
    hadLogin: authorization !== undefined,
    redacted: secrets.redacted,
  };
  if (method === 'HEAD' || statusCode === 204 || headers['content-length'] === '0') {
    patience.end();
    body.resume();
    return { ...common, body: Readable.from([]) };
  }
  const options = { patience, timings, now: seams.now, purpose, host: url.host };
  return { ...common, body: new AnswerBody(body, options) };
}

function joined(headers: ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
