import { discardBody } from './discard';
import { isRedirect, redirected } from './redirects';
import { isAnswer, type Exchange, type HttpRequest, type Outcome, type RequestError } from './types';

/** Headers that are sent to the original origin only. */
const PERSONAL = /^(?:authorization|cookie|proxy-authorization)$/i;

/**
 * Sends a request and follows redirects: all of a read; of a write 307 and 308, which keep method and body (RFC 9110
 * sections 15.4.8 and 15.4.9; others would turn it into a GET). Credentials for one origin (scheme, host, port) are
 * sent to no other, nor after a redirect back. Throws errors of the request's own body.
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
      return refusal(`redirected to ${url.origin}, which must not get these credentials`);
    next = url.origin === next.url.origin ? { ...next, url } : { ...withoutLogin(next), url };
  }
}

/** Returns a request without the headers for its own origin. */
export function withoutLogin({ authorization: _, ...request }: HttpRequest): HttpRequest {
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => !PERSONAL.test(name));
  return { ...request, headers: Object.fromEntries(headers) };
}

function isFollowed(status: number, { method }: HttpRequest): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead ? isRedirect(status) : status === 307 || status === 308;
}

/** An error of the redirect's target is reported with its name, not as one of the first server. */
function sentOn({ host }: URL, error: RequestError): RequestError {
  return error.code === 'aborted'
    ? error
    : { ...error, words: `redirected to ${host}, which ${error.words}`, redirected: true };
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
  'The server, or a proxy in front of it, redirects to a wrong URL: set its external URL in its configuration.';
