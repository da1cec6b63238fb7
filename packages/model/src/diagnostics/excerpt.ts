import { lineAt, positionAt, type Lines } from './lines';
import { visible } from './visible';
import { wholeCharacters } from '../cut-text';

/** Longest piece of a line that an excerpt shows, in characters. */
const WIDTH = 100;
/**
 * Characters around it that are searched for passwords: a line may be megabytes long, and have many mistakes.
 */
const MARGIN = 4096;

/**
 * Returns the line that holds `offset` and the one before it, numbered, with `length` characters marked:
 *
 *     6 |   "from": { "image": "base" },
 *     7 |   "packges": ["curl"],
 *       |   ^^^^^^^^^ unknown key
 */
export function excerptOf(lines: Lines, offset: number, length: number, label: string): string {
  const { line, column } = positionAt(lines, offset);
  const shownFrom = column < WIDTH - 20 ? 0 : column - WIDTH / 2;
  const readFrom = Math.max(0, shownFrom - MARGIN);
  const content = withoutPasswords((lineAt(lines, line) ?? '').slice(readFrom, shownFrom + WIDTH + MARGIN));
  const start = shownFrom - readFrom;
  const gutter = String(line).length;
  const before = start === 0 ? lineAt(lines, line - 1) : undefined;
  return [
    ...(before === undefined
      ? []
      : [numbered(line - 1, gutter, clip(withoutPasswords(before.slice(0, WIDTH + MARGIN)), 0))]),
    numbered(line, gutter, clip(content, start)),
    `${' '.repeat(gutter)} | ${marks(content, start, column - 1 - readFrom, length)} ${visible(label)}`,
  ].join('\n');
}

/**
 * Hides passwords in addresses and references ("user:password@host"), by as many asterisks: marks stay in
 * place.
 */
function withoutPasswords(line: string): string {
  return line.replace(
    /((?:\/\/|")[^\s"'@/:]*:)([^\s"'@]+)(?=@(?!sha\d+:))/g,
    (_, user: string, password: string) => user + '*'.repeat(password.length),
  );
}

function numbered(line: number, gutter: number, content: string): string {
  return `${String(line).padStart(gutter)} | ${content}`.trimEnd();
}

function marks(content: string, start: number, column: number, length: number): string {
  const indent = clip(content.slice(0, column), start).length;
  const marked = visible(content.slice(column, column + Math.min(length, WIDTH)));
  return ' '.repeat(indent) + '^'.repeat(Math.max(1, Math.min(marked.length, WIDTH - indent)));
}

/** Returns the shown part of a line, from `start` on; `…` marks what is left out. */
function clip(content: string, start: number): string {
  const piece = visible(wholeCharacters(content.slice(start, start + WIDTH)));
  return `${start > 0 ? '…' : ''}${piece}${content.length > start + WIDTH ? '…' : ''}`;
}
