import { createScanner, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import type { Failure } from '../failure';
import { placeAt, type JsonDocument } from './document';
import { linesOf, positionAt } from './lines';

/** Reads a JSON text, however broken: what could be made out, and every error. `jsonc` has comments and trailing commas. */
export function readDocument(file: string, text: string, dialect: 'json' | 'jsonc' = 'json'): JsonDocument {
  const lenient = dialect === 'jsonc';
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: !lenient, allowTrailingComma: lenient });
  return { file, text, lines: linesOf(text), root, errors };
}

/** Every syntax error of a document, one a line. */
export function syntaxFailures(document: JsonDocument): Failure[] {
  const conflict = /^<{7}(?: |$)/m.exec(document.text);
  if (conflict) return [conflictFailure(document, conflict.index)];
  if (document.text.trim() === '') return [emptyFailure(document)];
  return firstOfEachLine(document).map((error) => syntaxFailure(document, error));
}

/** Whether all values could be made out in spite of the errors, so that they can be checked as well. */
export function isReadable(document: JsonDocument): boolean {
  return document.errors.every(
    (error) => trailingComma(document, error) !== undefined || HARMLESS.has(nameOf(error)),
  );
}

const HARMLESS = new Set(['InvalidCommentToken', 'CommaExpected']);

interface Words {
  readonly label: string;
  readonly hint?: string;
}

const TRAILING_COMMA: Words = { label: 'no comma may follow the last entry', hint: 'Remove the comma.' };

/** By the parser's own names of its errors. */
const WORDS: Readonly<Record<string, Words>> = {
  InvalidSymbol: {
    label: 'not a JSON value',
    hint: 'Put texts in double quotes; true, false and null are written in lower case.',
  },
  InvalidNumberFormat: { label: 'not a number' },
  PropertyNameExpected: {
    label: 'expected a key in double quotes',
    hint: 'Write keys as "key": value.',
  },
  ValueExpected: { label: 'expected a value' },
  ColonExpected: { label: 'expected ":" after the key' },
  CommaExpected: { label: 'expected a comma before this' },
  CloseBraceExpected: { label: 'expected "}"', hint: 'Close each "{" with "}".' },
  CloseBracketExpected: { label: 'expected "]"', hint: 'Close each "[" with "]".' },
  EndOfFileExpected: { label: 'expected the end of the file' },
  InvalidCommentToken: {
    label: 'comments are not allowed',
    hint: 'JSON has no comments; say it in "description" or in a README.md beside the file.',
  },
  UnexpectedEndOfComment: { label: 'comment without an end' },
  UnexpectedEndOfString: { label: 'text without a closing quote' },
  UnexpectedEndOfNumber: { label: 'number without an end' },
  InvalidUnicode: { label: 'expected four hexadecimal digits after \\u' },
  InvalidEscapeCharacter: {
    label: 'no such escape',
    hint: 'In JSON a backslash is written twice: "\\\\".',
  },
  InvalidCharacter: {
    label: 'control character in a text',
    hint: 'Write line ends as \\n and tabs as \\t.',
  },
};

function syntaxFailure(document: JsonDocument, error: ParseError): Failure {
  const comma = trailingComma(document, error);
  const words = comma === undefined ? (WORDS[nameOf(error)] ?? { label: 'not JSON' }) : TRAILING_COMMA;
  return {
    code: 'json-syntax',
    message: `The file is no valid JSON: ${words.label}.`,
    ...(words.hint !== undefined && { hint: words.hint }),
    place: placeAt(document, comma ?? error.offset, comma === undefined ? error.length : 1, words.label),
  };
}

/** Where the comma stands that the parser stumbled over for want of another entry. */
function trailingComma(document: JsonDocument, error: ParseError): number | undefined {
  if (!['PropertyNameExpected', 'ValueExpected'].includes(nameOf(error))) return undefined;
  if (!/[\]}]/.test(document.text[error.offset] ?? '')) return undefined;
  const before = tokenBefore(document.text, error.offset);
  return document.text[before] === ',' ? before : undefined;
}

/** Where the last token begins that ends before `offset`; comments and white space are none. */
function tokenBefore(text: string, offset: number): number {
  const scanner = createScanner(text, true);
  let last = 0;
  for (scanner.scan(); scanner.getTokenOffset() < offset; scanner.scan()) last = scanner.getTokenOffset();
  return last;
}

/** One fault makes the parser stumble several times; the first time tells. */
function firstOfEachLine(document: JsonDocument): ParseError[] {
  const seen = new Set<number>();
  return document.errors.filter((error) => {
    const { line } = positionAt(document.lines, error.offset);
    return !seen.has(line) && seen.add(line);
  });
}

function conflictFailure(document: JsonDocument, offset: number): Failure {
  return {
    code: 'json-syntax',
    message: 'A merge conflict is left in the file.',
    hint: 'Choose one side; for a lock file take either and run the lock target again.',
    place: placeAt(document, offset, 7, 'conflict begins here'),
  };
}

function emptyFailure(document: JsonDocument): Failure {
  return {
    code: 'json-syntax',
    message: 'The file is empty: expected a JSON object.',
    place: { file: document.file },
  };
}

function nameOf(error: ParseError): string {
  return printParseErrorCode(error.error);
}
