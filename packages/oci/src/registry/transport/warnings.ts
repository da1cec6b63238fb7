import type { HttpAnswer } from '@image-tooling/host';

/** OCI distribution-spec 1.1, "Warnings": `Warning: 299 - "text"`, with no date; others are ignored. */
const WARNING = /(?:^|,\s*)299 - "((?:[^"\\]|\\.)*)"(?=\s*(?:,|$))/g;

/** Returns the warnings of an answer. They may hold secrets. */
export function warningsOf({ headers }: Pick<HttpAnswer, 'headers'>): string[] {
  return [...(headers['warning'] ?? '').matchAll(WARNING)].map(([, text = '']) =>
    text.replace(/\\(.)/g, '$1'),
  );
}

/** Returns the server's time (RFC 9110 section 6.6.1, "Date"). */
export function dateOf({ headers }: Pick<HttpAnswer, 'headers'>): Date | undefined {
  const time = Date.parse(headers['date'] ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}
