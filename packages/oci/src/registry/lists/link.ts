import { Fault } from '@image-tooling/host';

/** One link of a Link header with its parameters: `</v2/x/tags/list?last=b&n=2>; rel="next"` (RFC 8288 section 3). */
const LINK =
  /[ \t,]*<([^<>]*)>((?:[ \t]*;[ \t]*(?:[\w!#$&+.^`|~*-]+(?:[ \t]*=[ \t]*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)?)*)[ \t]*(?:,|$)/y;
const NEXT = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=\s|;|$))/i;

/** A malformed Link header: whether there is a next page is unknown. */
export class MalformedLink extends Fault {
  constructor(problem: string) {
    super({ code: 'http-status', message: problem });
  }
}

/**
 * Returns the URL of the next page in a Link header, relative to the URL of this page. Throws `MalformedLink`: ending
 * there would pass off a partial list as complete.
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
