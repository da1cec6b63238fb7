import { createScanner, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import type { Failure } from '../failure';
import { placeAt, type JsonDocument } from './document';
import { linesOf, positionAt } from './lines';
import { TRAILING_COMMA, wordsOf } from './syntax-words';

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
  return tellingErrors(document).map((error) => syntaxFailure(document, error));
}

/** Whether all values could be made out in spite of the errors, so that they can be checked as well. */
export function isReadable(document: JsonDocument): boolean {
  return document.errors.every(
    (error) => trailingComma(document, error) !== undefined || HARMLESS.has(nameOf(error)),
  );
}

const HARMLESS = new Set(['InvalidCommentToken', 'CommaExpected']);

function syntaxFailure(document: JsonDocument, error: ParseError): Failure {
  const comma = trailingComma(document, error);
  const words = comma === undefined ? wordsOf(document.text, error) : TRAILING_COMMA;
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

/** What the parser stumbles over for good: what it expects afterwards says nothing. */
const DERAILING = new Set(['InvalidSymbol', 'UnexpectedEndOfString']);

/** The errors that tell: one a line, and none that only follows from an earlier one. */
function tellingErrors(document: JsonDocument): ParseError[] {
  const seen = new Set<number>();
  let derailed = false;
  return document.errors.filter((error) => {
    const follows = derailed && !isIndependent(document, error);
    derailed ||= DERAILING.has(nameOf(error));
    const { line } = positionAt(document.lines, error.offset);
    return !follows && !seen.has(line) && seen.add(line);
  });
}

function isIndependent(document: JsonDocument, error: ParseError): boolean {
  return nameOf(error) === 'InvalidCommentToken' || trailingComma(document, error) !== undefined;
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
