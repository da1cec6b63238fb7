import { isRedirect, redirected } from '@image-tooling/host';
import { attempt, isAnswer, type Outcome } from './attempt';
import { discard } from '../answers/read';
import type { Conversation, WireRequest } from './conversation';
import type { Trouble } from './trouble';

/** Headers that are for the origin they were made for. */
const PERSONAL = new Set(['authorization', 'cookie', 'proxy-authorization']);

/**
 * Sends a request, and again where the answer says it belongs: a read on every redirect, a write on 307 and 308, with
 * its method and body (RFC 9110 sections 15.4.8 and 15.4.9; the others would make a GET of it). What was for one
 * origin (scheme, host, port) goes to no other; once it has been left out it is not sent again.
 */
export async function follow(conversation: Conversation, request: WireRequest): Promise<Outcome> {
  const seen = new Set<string>();
  for (let next = request; ;) {
    seen.add(next.url.href);
    const outcome = await attempt(conversation, next);
    if (!isAnswer(outcome)) return seen.size === 1 ? outcome : sentOn(next.url, outcome);
    if (!isFollowed(outcome.status, request)) return outcome;
    await discard(outcome);
    const url = redirected(outcome.headers['location'], next.url, seen);
    if (typeof url === 'string') return refusal(url);
    if (request.isBodySecret === true && url.origin !== next.url.origin)
      return refusal(`sent us on to ${url.origin}, which must not get this login`);
    next = forOrigin({ ...next, url }, next.url.origin);
  }
}

function isFollowed(status: number, { method }: WireRequest): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead ? isRedirect(status) : status === 307 || status === 308;
}

function forOrigin(request: WireRequest, origin: string): WireRequest {
  if (request.url.origin === origin) return request;
  const { authorization: _, ...rest } = request;
  const headers = Object.entries(request.headers).filter(([name]) => !PERSONAL.has(name.toLowerCase()));
  return { ...rest, headers: Object.fromEntries(headers) };
}

/** What went wrong where we were sent is not the registry's own doing. */
function sentOn({ host }: URL, trouble: Trouble): Trouble {
  return trouble.code === 'aborted'
    ? trouble
    : { ...trouble, words: `sent us on to ${host}, which ${trouble.words}` };
}

function refusal(words: string): Trouble {
  return { code: 'http-status', words, hint: REFUSED_HINT, lasting: true, mayHaveActed: true };
}

const REFUSED_HINT =
  'The registry, or a proxy before it, sends its clients to a wrong address: set its own address in its configuration.';
