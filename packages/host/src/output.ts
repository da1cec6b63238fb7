import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/** The last lines of a program's output, for a failure's details. */
export function lastLines(output: string, count = 20): string[] {
  const text = output.trimEnd();
  return text === '' ? [] : text.split('\n').slice(-count);
}

/**
 * Hands out a stream's lines as they come, without their ends; the last one also where it has none.
 * Only newlines end a line, and bytes that are no UTF-8 become U+FFFD.
 */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  stream.on('end', () => {
    take(decoder.end());
    if (rest !== '') onLine(rest);
  });
}
