import { visible } from '../../diagnostics/visible';

/**
 * Characters with a meaning in the middle of a line (CommonMark 0.31, section 6; GFM 0.29, "autolinks"); @ to
 * GitHub.
 */
const MARKUP = /[\\`*_[\]<>|~&@!#:]/g;

/** Returns escaped text on one line; not for the start of a line (a list's dash, a heading's number). */
export function plain(text: string): string {
  return oneLine(text).replace(MARKUP, '\\$&');
}

/**
 * Returns text as a code span, also for table cells, where `|` is escaped even in code (GFM 0.29, section
 * 4.10).
 */
export function code(text: string): string {
  const line = oneLine(text).replaceAll('|', '\\|');
  const fence = fenceFor(line, 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return line === '' ? '' : `${fence}${space}${line}${space}${fence}`;
}

/** Commands as a block of code. */
export function codeBlock(lines: readonly string[]): string {
  const text = lines.map(oneLine).join('\n');
  const fence = fenceFor(text, 3);
  return `${fence}sh\n${text}\n${fence}`;
}

/** Returns a table (GFM 0.29, section 4.10) of cells that are Markdown already; empty without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ');
}

/** Longer than any run of backticks inside. */
function fenceFor(text: string, shortest: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(Math.max(shortest, longest + 1));
}
