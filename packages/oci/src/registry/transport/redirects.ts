import { isRedirect, redirected } from '@image-tooling/host';
import { attempt, isAnswer, type Outcome } from './attempt';
import { discard } from '../answers/read';
import type { Conversation, WireRequest } from './conversation';
import type { Trouble } from './trouble';

/** Headers that are for the origin they were made for. */
const PERSONAL = new Set(['authorization', 'cookie', 'proxy-authorization']);

/**
 * Sends a request, a read also where the answer says it is to be read. What was for one origin (scheme, host, port)
 * goes to no other; once it has been left out it is not sent again.
 */
export async function follow(conversation: Conversation, request: WireRequest): Promise<Outcome> {
  const seen = new Set<string>();
  for (let next = request; ;) {
    seen.add(next.url.href);
    const outcome = await attempt(conversation, next);
    if (!isAnswer(outcome) || !isRedirect(outcome.status) || !isRead(request)) return outcome;
    await discard(outcome);
    const url = redirected(outcome.headers['location'], next.url, seen);
    if (typeof url === 'string') return refusal(url);
    next = forOrigin({ ...next, url }, next.url.origin);
  }
}

function forOrigin(request: WireRequest, origin: string): WireRequest {
  if (request.url.origin === origin) return request;
  const { authorization: _, ...rest } = request;
  const headers = Object.entries(request.headers).filter(([name]) => !PERSONAL.has(name.toLowerCase()));
  return { ...rest, headers: Object.fromEntries(headers) };
}

function isRead({ method }: WireRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function refusal(words: string): Trouble {
  return { code: 'network', words, lasting: true, mayHaveActed: true };
}
