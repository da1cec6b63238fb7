import { execFileSync, spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { compareDebianVersions } from '@image-tooling/model';

const SAMPLE = [
  '1',
  '1.0',
  '1.0-1',
  '1.0~',
  '1.0+dfsg',
  '1:0',
  '1.0a',
  '1.0-1~',
  '1.00',
  '1.0-0',
  '1.a1',
  '1.~a',
  '10',
  '0',
];
const dpkgExists = spawnSync('dpkg', ['--version']).status === 0;
if (!dpkgExists) console.warn('skipped: this machine has no dpkg to compare with');

/** Asks dpkg in one shell: a process for each pair would take most of the time. */
const ASK =
  'while read -r a operator b; do dpkg --compare-versions "$a" "$operator" "$b" || echo "$a $operator $b"; done';

it.runIf(dpkgExists)('orders versions as dpkg does', () => {
  const claims = SAMPLE.flatMap((a) =>
    SAMPLE.map((b) => `${a} ${['lt', 'eq', 'gt'][Math.sign(compareDebianVersions(a, b)) + 1]} ${b}\n`),
  );
  expect(claims).toHaveLength(SAMPLE.length ** 2);
  const asked = (input: readonly string[]): string =>
    execFileSync('sh', ['-c', ASK], { input: input.join(''), encoding: 'utf8' });
  expect(asked(claims)).toBe('');
  expect(asked(['1.0~ gt 1.0\n'])).toBe('1.0~ gt 1.0\n');
});
