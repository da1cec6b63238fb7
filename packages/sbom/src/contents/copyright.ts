import { parseStanzas, type Licence } from '@image-tooling/model';
import { debianExpression } from './debian-licence';

/** The header of machine-readable copyright files, in all its spellings (DEP-5, "Format"). */
const FORMAT = /copyright-format|dep5|\/dep\.debian\.net\//i;

/**
 * Reads the licences of a machine-readable copyright file (DEP-5, copyright-format 1.0) as one SPDX expression: each
 * licence of its files applies. Undefined if it is not machine-readable.
 */
export function readCopyright(text: string): Licence | undefined {
  const [header, ...paragraphs] = parseStanzas(text);
  if (!header || !FORMAT.test(header.get('format') ?? '')) return undefined;
  const ofFiles = paragraphs.filter((stanza) => stanza.has('files'));
  const named = [header, ...ofFiles].flatMap((stanza) => firstLine(stanza.get('license')));
  const terms = [...new Set(named.map(debianExpression).flatMap(termsOf))].sort();
  const [only] = terms;
  if (only === undefined) return undefined;
  return { expression: terms.length === 1 ? only : terms.map(inParentheses).join(' AND ') };
}

/** What "AND" joins: one term if there is a choice in it. */
function termsOf(expression: string): string[] {
  return expression.includes(' OR ') ? [expression] : expression.split(' AND ');
}

function inParentheses(term: string): string {
  return term.includes(' OR ') && !/^\([^()]*\)$/.test(term) ? `(${term})` : term;
}

function firstLine(text = ''): string[] {
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return line === '' ? [] : [line];
}
