import { describe, expect, it } from 'vitest';
import { formatFailures, parseImage } from '../src';
import { codesOf, shown } from './definitions-fixtures';

const parse = (text: string) => parseImage('images/x/image.json', text);
const GOOD = '"description": "X", "from": { "debian": "trixie" }';

describe('malformed JSON', () => {
  it.each([
    ['missing comma', '{\n  "description": "X"\n  "from": { "debian": "trixie" }\n}'],
    ['trailing comma', `{\n  ${GOOD},\n}`],
    ['trailing comma before a comment', `{\n  ${GOOD}, // the end\n}`],
    ['comment', `{\n  // hello\n  ${GOOD}\n}`],
    ['single quotes', `{\n  ${GOOD},\n  'tools': []\n}`],
    ['key without quotes', `{\n  ${GOOD},\n  tools: []\n}`],
    ['missing colon', '{ "description" "X" }'],
    ['no end', `{\n  ${GOOD}`],
    ['list without an end', `{ ${GOOD}, "tools": ["a" }`],
    ['text without an end', '{\n  "description": "X\n}'],
    ['backslash', `{ ${GOOD}, "examples": ["a \\. b"] }`],
    ['line end in a text', '{ "description": "a\nb", "from": { "debian": "trixie" } }'],
    ['two values', `{ ${GOOD} } {}`],
    ['byte order mark', `\ufeff{ ${GOOD} }`],
    ['empty', '  \n'],
    [
      'merge conflict',
      `{\n<<<<<<< HEAD\n  "description": "X",\n=======\n  "description": "Y",\n>>>>>>> main\n}`,
    ],
    ['terminal codes', `{ ${GOOD}, \u001b[31m }`],
  ])('%s', (_, text) => {
    const result = parse(text);
    expect(new Set(codesOf(result))).toEqual(new Set(['json-syntax']));
    expect(shown(result)).toMatchSnapshot();
  });

  it('also reports the content if only a comma is wrong', () => {
    expect(codesOf(parse('{\n  "descriptio": "X",\n  "from": { "debian": "trixie" },\n}'))).toEqual([
      'json-syntax',
      'schema',
      'schema',
    ]);
  });

  it('names a duplicate key, and its first place', () => {
    const result = parse(`{\n  ${GOOD},\n  "config": { "env": { "A": "1", "A": "2" } }\n}`);
    expect(shown(result)).toMatchInlineSnapshot(`
      "error: The key "A" is twice in one object, first in line 3. (duplicate)
        images/x/image.json:3:34
          2 |   "description": "X", "from": { "debian": "trixie" },
          3 |   "config": { "env": { "A": "1", "A": "2" } }
            |                                  ^^^ second "A"
        help: Remove one of them."
    `);
  });

  it('survives lists nested deeper than the stack', () => {
    expect(codesOf(parse('['.repeat(200_000)))).toEqual(['json-syntax']);
  });

  it('reads a file with many mistakes quickly', () => {
    const started = performance.now();
    parse(`{${'\n@'.repeat(20_000)}`);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

it('an excerpt is cut between characters, not within one', () => {
  const text = shown(parse(`{ 1,"${'😀'.repeat(500)}" }`));
  expect(text).toContain('😀…');
  expect(text).not.toMatch(/\p{Surrogate}|\\ud8/u);
});

it('half a character is escaped', () => {
  expect(formatFailures([{ code: 'io', message: 'a \ud83d b 😀' }])).toContain('a \\ud83d b 😀');
});
