/** As Go's and curl's libraries have it by habit; no server needs more. */
const LONGEST_CHAIN = 10;

/**
 * Where an answer sends us, or, in words, why we do not go there: `seen` are the addresses so far, and what begins
 * with https may not go on without it.
 */
export function redirected(location: string | undefined, from: URL, seen: ReadonlySet<string>): URL | string {
  if (location === undefined || !URL.canParse(location, from.href)) return 'redirected us to an invalid URL';
  const to = new URL(location, from);
  to.hash = '';
  if (isDowngrade(from, to))
    return `redirected from ${from.protocol.slice(0, -1)} to ${to.protocol}//${to.host}`;
  if (seen.has(to.href)) return 'sent us round in a circle';
  if (seen.size > LONGEST_CHAIN) return `sent us on more than ${LONGEST_CHAIN} times`;
  return to;
}

/** Whether going on from one address to the other gives up what https gave, or leaves http altogether. */
export function isDowngrade(from: URL, to: URL): boolean {
  return to.protocol !== 'https:' && (to.protocol !== 'http:' || from.protocol === 'https:');
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Whether a status sends a read elsewhere (RFC 9110 section 15.4). */
export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}
