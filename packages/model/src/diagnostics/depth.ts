import { fail, type Failed } from '../result';
import { placeAt } from './document';
import { linesOf } from './lines';

/** Nested lists and objects: our files have at most a dozen levels; the parser recurses on the stack. */
export const MOST_LEVELS = 100;

/** Returns a `json-syntax` failure with the place if a text is nested too deeply, else undefined. */
export function tooDeep(file: string, text: string): Failed | undefined {
  const offset = offsetBelow(text, MOST_LEVELS);
  if (offset === undefined) return undefined;
  return fail({
    code: 'json-syntax',
    message: `The file is nested too deeply: more than ${MOST_LEVELS} lists and objects within each other.`,
    hint: 'Close each "[" and "{"; no definition needs more than a dozen levels.',
    place: placeAt({ file, lines: linesOf(text) }, offset, 1, `level ${MOST_LEVELS + 1}`),
  });
}

function offsetBelow(text: string, most: number): number | undefined {
  let level = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfText(text, at);
    else if (character === '/') at = endOfComment(text, at);
    else if (character === '[' || character === '{') level++;
    else if (character === ']' || character === '}') level--;
    if (level > most) return at;
  }
  return undefined;
}

/**
 * Returns the end of the string that begins at `start`: its closing quote, or the end of its line, as the
 * parser does.
 */
export function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"' || text[at] === '\n') return at;
  }
  return text.length;
}

function endOfComment(text: string, start: number): number {
  const end = COMMENT_ENDS.get(text.slice(start, start + 2));
  if (end === undefined) return start;
  const found = text.indexOf(end, start + 2);
  return found === -1 ? text.length : found + end.length - 1;
}

const COMMENT_ENDS = new Map([
  ['//', '\n'],
  ['/*', '*/'],
]);
