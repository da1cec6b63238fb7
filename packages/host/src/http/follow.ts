import { discardBody } from './discard';
import { isRedirect, redirected } from './redirects';
import { isAnswer, type Exchange, type HttpRequest, type Outcome, type RequestError } from './types';

/** Headers that are for the origin they were made for. */
const PERSONAL = /^(?:authorization|cookie|proxy-authorization)$/i;

/**
 * Sends a request, and again where the answer says it belongs: a read on every redirect, a write on 307 and 308, with
 * its method and body (RFC 9110 sections 15.4.8 and 15.4.9; the others would make a GET of it). What was for one
 * origin (scheme, host, port) goes to no other; once it has been left out it is not sent again. Throws what the
 * request's own body throws.
 */
export async function follow(exchange: Exchange, request: HttpRequest): Promise<Outcome> {
  const seen = new Set<string>();
  for (let next = request; ;) {
    seen.add(next.url.href);
    const { outcome, bodyError } = await exchange(next);
    if (bodyError) throw bodyError.error;
    if (!isAnswer(outcome)) return seen.size === 1 ? outcome : sentOn(next.url, outcome);
    if (!isFollowed(outcome.status, request)) return outcome;
    await discardBody(outcome);
    const url = redirected(outcome.headers['location'], next.url, seen);
    if (typeof url === 'string') return refusal(url);
    if (request.isBodySecret === true && url.origin !== next.url.origin)
      return refusal(`sent us on to ${url.origin}, which must not get this login`);
    next = url.origin === next.url.origin ? { ...next, url } : { ...withoutLogin(next), url };
  }
}

/** Returns a request without what only its own origin may get. */
export function withoutLogin({ authorization: _, ...request }: HttpRequest): HttpRequest {
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => !PERSONAL.test(name));
  return { ...request, headers: Object.fromEntries(headers) };
}

function isFollowed(status: number, { method }: HttpRequest): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead ? isRedirect(status) : status === 307 || status === 308;
}

/** What went wrong where we were redirected is not the doing of the server that was asked first. */
function sentOn({ host }: URL, error: RequestError): RequestError {
  return error.code === 'aborted'
    ? error
    : { ...error, words: `sent us on to ${host}, which ${error.words}`, redirected: true };
}

function refusal(words: string): RequestError {
  return {
    code: 'http-status',
    words,
    hint: REFUSED_HINT,
    lasting: true,
    mayHaveActed: true,
    redirected: true,
  };
}

const REFUSED_HINT =
  'The server, or a proxy before it, sends its clients to a wrong address: set its own address in its configuration.';
