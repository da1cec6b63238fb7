/** One link of a Link header with its parameters: `</v2/x/tags/list?last=b&n=2>; rel="next"` (RFC 8288 §3). */
const LINK = /<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]+))*)/g;
const NEXT = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=\s|;|$))/i;

/** The address that a Link header names as the next page, relative to the page's own. */
export function nextPage(header: string | undefined, page: URL): URL | undefined {
  for (const [, target, parameters] of (header ?? '').matchAll(LINK))
    if (NEXT.test(parameters ?? '')) return new URL(target as string, page);
  return undefined;
}
