import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentMistakes } from '../src/diagnostics/parse';
import { plainValue } from '../src/diagnostics/plain-value';
import { tooDeep } from '../src/diagnostics/depth';
import { lateDocument, readDocument } from '../src/diagnostics/syntax';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('A JSON text is read without places', () => {
  test.each([
    '{"a": 1, "b": [{"c": ":"}, "d\\":", "\\"e\\" : "], "f": null}',
    '{ "0": 1, "constructor": "😀", "" : {} }',
    '"__proto__"',
    'null',
    nested(100),
  ])('%s', (text) => {
    expect(plainValue(text)).toStrictEqual(JSON.parse(text));
  });
});

describe('A JSON text is left to the parser with places', () => {
  test.each([
    ['{"a": 1,}', 'a trailing comma'],
    ['{"a": 1} // b', 'a comment'],
    ['', 'nothing'],
    ['{"a": 1, "a": 1}', 'a duplicate key'],
    ['[{"a": {"b": 1}, "a": {"c": 2}}]', 'a duplicate key of objects'],
    ['{"a": 1, "\\u0061": 1}', 'a duplicate key, escaped'],
    ['{"__proto__": 1}', 'a key with a meaning in JavaScript'],
    ['{"a": "\\u0000"}', 'NUL'],
    ['{"\\ud800": 1}', 'half of a character in a key'],
    [nested(101), 'too many levels'],
  ])('%s: %s', (text) => {
    expect(plainValue(text)).toBeUndefined();
  });
});

/** JSON texts in which keys are repeated, escaped or unusable, with spaces anywhere. */
const texts = fc.letrec<{ text: string }>((tie) => {
  const space = fc.constantFrom('', ' ', '\n\t');
  const quoted = fc.constantFrom(
    '"a"',
    '"\\u0061"',
    '"b"',
    '"__proto__"',
    '"\\ud83d"',
    '"\\u0000"',
    '"\\": "',
  );
  const separated = (entries: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.array(entries, { maxLength: 4 }).map((all) => all.join(','));
  const member = fc.tuple(quoted, space, tie('text')).map(([key, gap, text]) => `${key}${gap}:${gap}${text}`);
  const value = fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('null', '-1.5e3', 'true'),
    quoted,
    separated(tie('text')).map((all) => `[${all}]`),
    separated(member).map((all) => `{${all}}`),
  );
  return { text: fc.tuple(space, value, space).map((parts) => parts.join('')) };
}).text;

test('Both readers of JSON agree, on any text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const document = readDocument('x.json', text);
      const isPlain = tooDeep('x.json', text) === undefined && contentMistakes(document).length === 0;
      expect(document.errors).toEqual([]);
      expect(plainValue(text)).toStrictEqual(isPlain ? JSON.parse(text) : undefined);
      const { lines, root } = lateDocument('x.json', text);
      expect({ lines, root }).toEqual({ lines: document.lines, root: document.root });
    }),
    { numRuns: 500 },
  );
});
