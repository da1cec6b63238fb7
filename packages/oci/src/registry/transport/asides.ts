import type { RegistryOptions } from '../options';
import type { OpenSend } from './open-send';
import type { RegistryAnswer, Send } from './types';

/** Sends, and tells what the registry's own answers say beside their matter, not those of its storage. */
export function tellingAsides(send: OpenSend, { onDate, note }: RegistryOptions): Send {
  const told = new Set<string>();
  const tell = (answer: RegistryAnswer): void => {
    const date = dateOf(answer);
    if (date) onDate?.(date);
    for (const warning of warningsOf(answer).filter((one) => !told.has(one))) {
      told.add(warning);
      note?.(`${answer.url.host} warns: ${warning}`);
    }
  };
  return async (request) => {
    const answer = await send(request);
    if (answer.ok && send.isHome(answer.value.url)) tell(answer.value);
    return answer;
  };
}

/** RFC 9110 §6.6.1, "Date". */
function dateOf({ headers }: RegistryAnswer): Date | undefined {
  const time = Date.parse(headers['date'] ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** OCI distribution-spec 1.1, "Warnings": `Warning: 299 - "text"`, with no date; others are passed over. */
const WARNING = /(?:^|,\s*)299 - "((?:[^"\\]|\\.)*)"(?=\s*(?:,|$))/g;

function warningsOf({ headers, redacted = (text) => text }: RegistryAnswer): string[] {
  return [...(headers['warning'] ?? '').matchAll(WARNING)].map(([, text = '']) =>
    redacted(text.replace(/\\(.)/g, '$1')),
  );
}
