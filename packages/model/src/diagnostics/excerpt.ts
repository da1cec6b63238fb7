import { visible } from './visible';

/** Longest piece of a line that an excerpt shows, in characters. */
const WIDTH = 100;

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

/**
 * The line that holds `offset` and the one before it, numbered, with `length` characters marked:
 *
 *     6 |   "from": { "image": "base" },
 *     7 |   "packges": ["curl"],
 *       |   ^^^^^^^^^ unknown key
 */
export function excerptOf(text: string, offset: number, length: number, label: string): string {
  const { line, column } = positionAt(text, offset);
  const lines = text.split('\n').slice(Math.max(0, line - 2), line);
  const start = clipStart(column - 1);
  const shown = lines.map((content) => clip(content.replace(/\r$/, ''), start));
  const gutter = String(line).length;
  const numbered = shown.map((content, index) =>
    `${String(line - shown.length + 1 + index).padStart(gutter)} | ${content}`.trimEnd(),
  );
  return [
    ...numbered,
    `${' '.repeat(gutter)} | ${marks(lines.at(-1) ?? '', start, column - 1, length)} ${label}`,
  ].join('\n');
}

function marks(line: string, start: number, column: number, length: number): string {
  const indent = clip(line.slice(0, column), start).length;
  const marked = visible(line.slice(column, column + length).replace(/\r$/, ''));
  return ' '.repeat(indent) + '^'.repeat(Math.max(1, Math.min(marked.length, WIDTH - indent)));
}

/** Where to begin to show a line so that its column can be seen. */
function clipStart(column: number): number {
  return column < WIDTH - 20 ? 0 : column - WIDTH / 2;
}

function clip(line: string, start: number): string {
  const piece = visible(line.slice(start, start + WIDTH));
  const cut = line.length > start + WIDTH ? '…' : '';
  return `${start > 0 ? '…' : ''}${piece}${cut}`;
}
