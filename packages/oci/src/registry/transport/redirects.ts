import { attempt, isAnswer, type Outcome } from './attempt';
import { discard } from '../answers/read';
import type { Conversation, WireRequest } from './conversation';
import type { Trouble } from './trouble';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** As Go's and curl's libraries have it by habit; no registry needs more than two. */
const LONGEST_CHAIN = 10;
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
    if (!isAnswer(outcome) || !REDIRECTS.has(outcome.status) || !isRead(request)) return outcome;
    await discard(outcome);
    const url = target(outcome.headers['location'], next.url);
    const refusal = refuse(url, next.url, seen);
    if (refusal) return refusal;
    next = forOrigin({ ...next, url: url as URL }, next.url.origin);
  }
}

/** Why an address may not be read in place of another; undefined where it may. */
function refuse(to: URL | undefined, from: URL, seen: ReadonlySet<string>): Trouble | undefined {
  if (!to) return refusal('sent us to an address that is none');
  if (isDowngrade(from, to)) return refusal(`sent us from https to ${to.protocol}//${to.host}`);
  if (seen.has(to.href)) return refusal('sent us round in a circle');
  if (seen.size > LONGEST_CHAIN) return refusal(`sent us on more than ${LONGEST_CHAIN} times`);
  return undefined;
}

/** Whether going on from one address to the other gives up what https gave, or leaves http altogether. */
export function isDowngrade(from: URL, to: URL): boolean {
  return to.protocol !== 'https:' && (to.protocol !== 'http:' || from.protocol === 'https:');
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

function target(location: string | undefined, base: URL): URL | undefined {
  if (location === undefined || !URL.canParse(location, base.href)) return undefined;
  const url = new URL(location, base);
  url.hash = '';
  return url;
}

function refusal(words: string): Trouble {
  return { code: 'network', words, lasting: true, mayHaveActed: true };
}
