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

it.runIf(dpkgExists)('orders versions as dpkg does', () => {
  for (const a of SAMPLE)
    for (const b of SAMPLE) {
      const operator = ['lt', 'eq', 'gt'][Math.sign(compareDebianVersions(a, b)) + 1] ?? '';
      expect(
        () => execFileSync('dpkg', ['--compare-versions', a, operator, b]),
        `${a} ${operator} ${b}`,
      ).not.toThrow();
    }
});
