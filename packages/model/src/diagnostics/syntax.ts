import { createScanner, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import type { Failure } from '../failure';
import { tooDeep } from './depth';
import { placeAt, type JsonDocument, type SyntaxError } from './document';
import { linesOf, positionAt } from './lines';
import { shownOf, type Mistakes } from './most';
import { TRAILING_COMMA, wordsOf } from './syntax-words';

/**
 * Parses a JSON text leniently: all values that could be read, and every error. `jsonc` has comments and
 * trailing commas.
 */
export function readDocument(file: string, text: string, dialect: 'json' | 'jsonc' = 'json'): JsonDocument {
  const lenient = dialect === 'jsonc';
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: !lenient, allowTrailingComma: lenient });
  return { file, text, lines: linesOf(text), root, errors: withCommas(text, errors) };
}

/** Returns the document of a valid text, which is parsed when a place in it is asked for. */
export function lateDocument(file: string, text: string): JsonDocument {
  let parsed: JsonDocument | undefined;
  const document = (): JsonDocument => (parsed ??= readDocument(file, text));
  return {
    file,
    text,
    errors: [],
    get lines() {
      return document().lines;
    },
    get root() {
      return document().root;
    },
  };
}

/** Every syntax error of a document, one a line. */
export function syntaxMistakes(document: JsonDocument): Mistakes[] {
  const conflict = /^<{7}(?: |$)/m.exec(document.text);
  if (conflict) return [mistake(() => conflictFailure(document, conflict.index))];
  if (document.text.trim() === '') return [mistake(() => emptyFailure(document))];
  return tellingErrors(document).map((error) => mistake(() => syntaxFailure(document, error)));
}

/** Returns why a text is not valid JSON; empty if it is valid. */
export function syntaxFailures(file: string, text: string): readonly Failure[] {
  return tooDeep(file, text)?.failures ?? shownOf(file, syntaxMistakes(readDocument(file, text)));
}

function mistake(describe: () => Failure): Mistakes {
  return { count: 1, describe: () => [describe()] };
}

/** Returns whether all values could be read despite the errors, so that they can also be checked. */
export function isReadable(document: JsonDocument): boolean {
  return document.errors.every((error) => error.comma !== undefined || HARMLESS.has(nameOf(error)));
}

const HARMLESS = new Set(['InvalidCommentToken', 'CommaExpected']);

function syntaxFailure(document: JsonDocument, error: SyntaxError): Failure {
  const { comma } = error;
  const words = comma === undefined ? wordsOf(document.text, error) : TRAILING_COMMA;
  return {
    code: 'json-syntax',
    message: `Invalid JSON: ${words.label}.`,
    ...(words.hint !== undefined && { hint: words.hint }),
    place: placeAt(document, comma ?? error.offset, comma === undefined ? error.length : 1, words.label),
  };
}

/** Returns each error with its trailing comma, if that caused it; in one pass. */
function withCommas(text: string, errors: readonly ParseError[]): SyntaxError[] {
  if (errors.length === 0) return [];
  const scanner = createScanner(text, true);
  scanner.scan();
  let last = 0;
  return errors.map((error) => {
    if (!ENTRY_EXPECTED.has(nameOf(error)) || !/[\]}]/.test(text[error.offset] ?? '')) return error;
    for (; scanner.getTokenOffset() < error.offset; scanner.scan()) last = scanner.getTokenOffset();
    return text[last] === ',' ? { ...error, comma: last } : error;
  });
}

const ENTRY_EXPECTED = new Set(['PropertyNameExpected', 'ValueExpected']);

/** Errors that the parser does not recover from: later errors are meaningless. */
const DERAILING = new Set(['InvalidSymbol', 'UnexpectedEndOfString']);

/** Returns the useful errors: one for each line, without consequences of earlier ones. */
function tellingErrors(document: JsonDocument): SyntaxError[] {
  const seen = new Set<number>();
  let derailed = false;
  return document.errors.filter((error) => {
    const follows = derailed && !isIndependent(error);
    derailed ||= DERAILING.has(nameOf(error));
    const { line } = positionAt(document.lines, error.offset);
    return !follows && !seen.has(line) && seen.add(line);
  });
}

function isIndependent(error: SyntaxError): boolean {
  return nameOf(error) === 'InvalidCommentToken' || error.comma !== undefined;
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
