import { isRedirect, redirected, type ResponseData } from '@image-tooling/host';
import type { Refusal } from './refusal';

/** An address to ask, and what only it may be told. */
export interface Place {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** How often we were sent on before it. */
  readonly hops: number;
  readonly seen: ReadonlySet<string>;
}

/** User name and password of an address go into a header, which is for its origin alone. Nothing is re-encoded. */
export function firstPlace(address: string): Place {
  const url = new URL(address);
  const headers = authorization(url);
  url.username = url.password = '';
  return { url, headers, hops: 0, seen: new Set([url.href]) };
}

/** Where an answer sends us; why not there; undefined where it is the answer. */
export function nextPlace({ statusCode, headers }: ResponseData, place: Place): Place | Refusal | undefined {
  if (!isRedirect(statusCode)) return undefined;
  const location = headers['location'];
  const target = redirected(Array.isArray(location) ? location[0] : location, place.url, place.seen);
  if (typeof target === 'string') return { code: 'network', reason: `the server ${target}`, retry: false };
  return {
    url: target,
    headers: target.origin === place.url.origin ? place.headers : {},
    hops: place.hops + 1,
    seen: new Set([...place.seen, target.href]),
  };
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const userinfo = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(userinfo).toString('base64')}` };
}
