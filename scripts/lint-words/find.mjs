import { HABITS } from './habits.mjs';

/** White space, also where a comment goes on in the next line. */
const GAP = String.raw`\s+(?:(?:\*|\/\/+|#+)\s+)?`;

const PATTERNS = HABITS.map(({ words, write }) => ({ pattern: compile(words), write }));

function compile(words) {
  const hasCapital = /[A-Z]/.test(words);
  return new RegExp(String.raw`(?<!\w)(?:${words.replaceAll(' ', GAP)})(?!\w)`, hasCapital ? 'gm' : 'gim');
}

/** Returns the habits in the name and the text of a file: the line (0: its name), the words, what to write instead. */
export function findHabits(path, text) {
  return [
    ...inWords(splitNames(path)).map((found) => ({ ...found, line: 0 })),
    ...inWords(readable(path, text)),
  ].sort((one, other) => one.line - other.line);
}

function inWords(text) {
  return PATTERNS.flatMap(({ pattern, write }) =>
    [...text.matchAll(pattern)].map((match) => ({
      line: text.slice(0, match.index).split('\n').length,
      words: match[0].replace(new RegExp(GAP, 'g'), ' '),
      write,
    })),
  );
}

/** Leaves out what others wrote: quotations of issues in Markdown, and all of JSON but its descriptions. */
function readable(path, text) {
  if (path.endsWith('.md')) return splitNames(keepLines(text, (line) => !line.startsWith('>')));
  if (path.endsWith('.json')) return splitNames(keepLines(text, (line) => /^\s*"description":/.test(line)));
  return splitNames(text);
}

function keepLines(text, isKept) {
  return text.replaceAll(/^.*$/gm, (line) => (isKept(line) ? line : ''));
}

/** `isNone`, `is-none` and `is_none` as words. */
function splitNames(text) {
  return text
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, ' ')
    .replaceAll(/(?<=\w)[-_](?=\w)/g, ' ');
}
