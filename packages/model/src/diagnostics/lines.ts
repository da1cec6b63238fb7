/** A text, and where each of its lines begins. */
export interface Lines {
  readonly text: string;
  /** Offset of each line's first character; never empty. */
  readonly starts: readonly number[];
}

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
}

export function linesOf(text: string): Lines {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return { text, starts };
}

export function positionAt({ starts }: Lines, offset: number): Position {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** Returns a line by its 1-based number, without its end; or undefined. */
export function lineAt({ text, starts }: Lines, line: number): string | undefined {
  const start = starts[line - 1];
  if (start === undefined) return undefined;
  const next = starts[line];
  if (next === undefined) return text.slice(start);
  return text.slice(start, text[next - 2] === '\r' && next - 2 >= start ? next - 2 : next - 1);
}
