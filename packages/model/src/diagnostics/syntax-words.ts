import { printParseErrorCode, type ParseError } from 'jsonc-parser';

export interface Words {
  readonly label: string;
  readonly hint?: string;
}

export const TRAILING_COMMA: Words = {
  label: 'no comma may follow the last entry',
  hint: 'Remove the comma.',
};

const BYTE_ORDER_MARK: Words = {
  label: 'the file starts with a byte order mark',
  hint: 'Save it as UTF-8 without BOM.',
};

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
    hint: 'JSON has no comments; use "description", or a README.md next to the file.',
  },
  UnexpectedEndOfComment: { label: 'comment without an end' },
  UnexpectedEndOfString: { label: 'string without a closing quote' },
  UnexpectedEndOfNumber: { label: 'number without an end' },
  InvalidUnicode: { label: 'expected four hexadecimal digits after \\u' },
  InvalidEscapeCharacter: {
    label: 'no such escape',
    hint: 'In JSON a backslash is written twice: "\\\\".',
  },
  InvalidCharacter: {
    label: 'control character in a string',
    hint: 'Write line ends as \\n and tabs as \\t.',
  },
};

/** Returns an error of the parser in plain words. */
export function wordsOf(text: string, { offset, length, error }: ParseError): Words {
  if (text.startsWith('\ufeff')) return BYTE_ORDER_MARK;
  const isBareKey = text[offset] !== '"' && /^\s*:/.test(text.slice(offset + length));
  const name = isBareKey ? 'PropertyNameExpected' : printParseErrorCode(error);
  return WORDS[name] ?? { label: 'not JSON' };
}
