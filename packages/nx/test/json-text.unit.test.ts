import { describe, expect, it } from 'vitest';
import { format } from 'prettier';
import { jsonText } from '../src/generators/shared/json-text';

const DEFINITION = {
  description: 'Tools',
  from: { image: 'base' },
  packages: ['curl', 'git', 'jq'],
  tools: [],
  config: { env: { LANG: 'C.UTF-8' }, cmd: ['bash'], labels: undefined },
  checks: [
    { run: ['curl', '--version'], stdout: '^curl "8' },
    { run: ['git', '--version'], stderr: '' },
  ],
  examples: ['a', 'b', 'c'].map((letter) => letter.repeat(40)),
  nothing: null,
  count: 1,
};

describe('JSON as people write it', () => {
  it('parses to the same value', () => {
    expect(JSON.parse(jsonText(DEFINITION))).toEqual(JSON.parse(JSON.stringify(DEFINITION)));
  });

  it("is formatted like Prettier's output", async () => {
    const text = jsonText(DEFINITION);
    expect(await format(text, { parser: 'json', printWidth: 100 })).toBe(text);
  });

  it('puts short values on one line', () => {
    expect(jsonText(DEFINITION).split('\n')).toEqual(
      expect.arrayContaining([
        '  "from": { "image": "base" },',
        '  "packages": ["curl", "git", "jq"],',
        '    { "run": ["curl", "--version"], "stdout": "^curl \\"8" },',
      ]),
    );
  });
});
