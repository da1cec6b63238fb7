import type { z } from 'zod';
import type { JsonPath } from './document';
import { didYouMean } from './suggest';
import { cutText } from '../cut-text';

/** Names of schema types in messages. */
export const TYPE_WORDS: Record<string, string> = {
  string: 'a string in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list […]',
  object: 'an object {…}',
  record: 'an object {…}',
};

/** Returns the name of a value's type in messages. */
export function wordFor(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'number' ? `the number ${value}` : JSON.stringify(value);
}

/** Returns a short form of an issue, shown below the marked value. */
export function labelOf(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_format':
      return `expected ${issue.message}`;
    case 'invalid_value':
      return `expected ${issue.values.map((choice) => JSON.stringify(choice)).join(' or ')}${suggestion(value, issue.values)}`;
    case 'too_small':
      return SIZED.has(issue.origin)
        ? 'must not be empty'
        : `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const SIZED = new Set(['string', 'array']);

function suggestion(value: unknown, choices: readonly unknown[]): string {
  if (typeof value !== 'string') return '';
  return didYouMean(
    value,
    choices.filter((choice) => typeof choice === 'string'),
  );
}

/** Returns an issue as a sentence. */
export function sentence(path: JsonPath, label: string): string {
  return `${subjectOf(path)}: ${label}${label.endsWith('?') ? '' : '.'}`;
}

/** Returns `"config.env"`, `"tools[2]"`; the file itself for the empty path. */
function subjectOf(path: JsonPath): string {
  return path.length === 0 ? 'The file' : `"${dotted(path)}"`;
}

/** Returns ` in "config"`; nothing for the file itself. */
export function inside(path: JsonPath): string {
  return path.length === 0 ? '' : ` in "${dotted(path)}"`;
}

/** Longest name or value that a message repeats, in characters; the excerpt shows more of it. */
const SHOWN = 80;

/** Returns a name in quotes, shortened. */
export function quoted(name: string): string {
  return JSON.stringify(cut(name));
}

/** Returns a text, shortened for a message. */
export function cut(text: string): string {
  return cutText(text, SHOWN);
}

function dotted(path: JsonPath): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${cut(key)}`))
    .join('')
    .replace(/^\./, '');
}

export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
