import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { sourceFiles } from './import-circles';

const ROOT = resolve(__dirname, '..');
const FILES = sourceFiles(
  readdirSync(join(ROOT, 'packages'))
    .filter((name) => name !== 'testkit')
    .map((name) => join(ROOT, 'packages', name, 'src')),
);

it('has one retry loop', () => {
  expect(filesWith(/\b(?:for|while) \([^)]*\b(?:tries|attempts?|retries)\b/)).toEqual([
    'packages/host/src/http/retry.ts',
  ]);
});

it('has one reader of tar headers', () => {
  expect(filesWith(/(?:startsWith|===|equals)\W*['"]ustar|FIELDS\.magic\b.*toString/)).toEqual([
    'packages/layer/src/tar/decode.ts',
  ]);
});

function filesWith(pattern: RegExp): string[] {
  return FILES.filter((file) => pattern.test(readFileSync(file, 'utf8')))
    .map((file) => file.slice(ROOT.length + 1))
    .sort();
}
