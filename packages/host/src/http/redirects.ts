/** Similar to the defaults of Go and curl; no server needs more. */
const LONGEST_CHAIN = 10;

/**
 * Returns the target of a redirect, or the reason why it is not followed. `seen`: the URLs so far; a request that
 * began with https must stay on https.
 */
export function redirected(location: string | undefined, from: URL, seen: ReadonlySet<string>): URL | string {
  if (location === undefined || !URL.canParse(location, from.href)) return 'redirected to an invalid URL';
  const to = new URL(location, from);
  to.hash = '';
  if (isDowngrade(from, to))
    return `redirected from ${from.protocol.slice(0, -1)} to ${to.protocol}//${to.host}`;
  if (seen.has(to.href)) return 'redirected in a circle';
  if (seen.size > LONGEST_CHAIN) return `redirected more than ${LONGEST_CHAIN} times`;
  return to;
}

/** Whether a redirect goes from https to http, or to another scheme. */
export function isDowngrade(from: URL, to: URL): boolean {
  return to.protocol !== 'https:' && (to.protocol !== 'http:' || from.protocol === 'https:');
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Whether a status redirects a read (RFC 9110 section 15.4). */
export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}
