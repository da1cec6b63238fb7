/** One link of a Link header with its parameters: `</v2/x/tags/list?last=b&n=2>; rel="next"` (RFC 8288 section 3). */
const LINK =
  /[ \t,]*<([^<>]*)>((?:[ \t]*;[ \t]*(?:[\w!#$&+.^`|~*-]+(?:[ \t]*=[ \t]*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)?)*)[ \t]*(?:,|$)/y;
const NEXT = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=\s|;|$))/i;

/** A Link header that can't be read: whether there is a next page is not known. */
export class MalformedLink extends Error {}

/**
 * Returns the address that a Link header names as the next page, relative to the page's own. Throws `MalformedLink`:
 * a list that ended there would be taken for the whole.
 */
export function nextPage(header: string | undefined, page: URL): URL | undefined {
  const next = linksIn(header ?? '').find(({ parameters }) => NEXT.test(parameters));
  if (!next) return undefined;
  if (!URL.canParse(next.target, page.href)) throw new MalformedLink('the next page is at an invalid URL');
  return new URL(next.target, page);
}

function linksIn(header: string): { readonly target: string; readonly parameters: string }[] {
  const links = [];
  LINK.lastIndex = 0;
  for (let at = 0; /[^ \t,]/.test(header.slice(at)); at = LINK.lastIndex) {
    const match = LINK.exec(header);
    if (!match) throw new MalformedLink('its Link header is malformed');
    links.push({ target: match[1] as string, parameters: match[2] as string });
  }
  return links;
}
