import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';
import { cutText } from '@image-tooling/model/cut-text';

/** Characters of a line that a message shows. */
const SHOWN = 2000;

/** Returns the last lines of a program's output, for a failure's details; very long ones are cut. */
export function lastLines(output: string, count = 20): string[] {
  const text = output.trimEnd();
  if (text === '') return [];
  const lines = text.split('\n').slice(-count);
  return lines.map((line) => cutText(line, SHOWN));
}

/** The maximum number of characters in a line; longer lines are split. */
export const LONGEST_LINE = 65_536;

/**
 * Calls `onLine` with a stream's lines as they come, without newlines; also with a last line without one. A line
 * longer than `LONGEST_LINE` comes in pieces. Only newlines end a line, and bytes that are not UTF-8 become U+FFFD.
 */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  const lines = new LineSplitter(onLine);
  stream.on('data', (chunk: Buffer) => lines.add(decoder.write(chunk)));
  stream.on('end', () => {
    lines.add(decoder.end());
    lines.end();
  });
}

/** Scans each character once: keeps an unfinished line as the pieces in which it came. */
class LineSplitter {
  private pieces: string[] = [];
  private length = 0;

  constructor(private readonly onLine: (line: string) => void) {}

  add(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      this.keep(text.slice(from, end));
      this.handOut();
      from = end + 1;
    }
    this.keep(text.slice(from));
  }

  end(): void {
    if (this.length > 0) this.handOut();
  }

  private keep(text: string): void {
    for (let rest = text; rest !== '';) {
      const piece = rest.slice(0, LONGEST_LINE - this.length);
      rest = rest.slice(piece.length);
      this.pieces.push(piece);
      this.length += piece.length;
      if (this.length === LONGEST_LINE && rest !== '') this.handOut();
    }
  }

  private handOut(): void {
    const line = this.pieces.join('');
    this.pieces = [];
    this.length = 0;
    this.onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}
