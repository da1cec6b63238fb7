import { describe, expect, it } from 'vitest';
import { formatFailure, formatFailures, type Failure } from '../src';

const failure: Failure = {
  code: 'checksum',
  message: 'The file differs from its lock.',
  hint: 'Run the lock target.',
  place: { file: 'tools/x/lock.json', line: 3, column: 7, excerpt: '3 | "a"\n  | ^^^ here' },
  details: ['expected: aa', 'got: bb'],
};

describe('formatFailure', () => {
  it('is plain text by default', () => {
    expect(formatFailure(failure)).toMatchInlineSnapshot(`
      "error: The file differs from its lock. (checksum)
        tools/x/lock.json:3:7
          3 | "a"
            | ^^^ here
        expected: aa
        got: bb
        help: Run the lock target."
    `);
  });

  it('has colours on a terminal, and the same text', () => {
    const colored = formatFailure(failure, { color: true });
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(formatFailure(failure));
    expect(colored).not.toBe(formatFailure(failure));
  });

  it('escapes control characters', () => {
    const evil = '\u001b]0;title\u0007\u202e\u009b2J\r';
    const text = formatFailure({
      code: 'io',
      message: evil,
      hint: evil,
      place: { file: evil, excerpt: evil },
      details: [evil],
    });
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('\\u001b]0;title');
  });
});

describe('formatFailures', () => {
  it('groups those of one file, by line, and counts them', () => {
    const at = (file: string, line: number): Failure => ({
      code: 'schema',
      message: `${file} ${line}`,
      place: { file, line },
    });
    expect(formatFailures([at('b', 9), at('a', 1), at('b', 2)])).toMatchInlineSnapshot(`
      "error: b 2 (schema)
        b:2

      error: b 9 (schema)
        b:9

      error: a 1 (schema)
        a:1

      3 errors in 2 files"
    `);
  });

  it('has no count for one failure', () => {
    expect(formatFailures([{ code: 'usage', message: 'No.' }])).toBe('error: No. (usage)');
  });
});
