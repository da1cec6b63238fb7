import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeListing, LISTING_ARGV } from '../src';
import { fileCheck, withImage } from './checks-fixtures';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'listing '));
  mkdirSync(join(root, 'open'));
  chmodSync(join(root, 'open'), 0o777);
  writeFileSync(join(root, 'odd\n name'), 'x', { mode: 0o640 });
  symlinkSync('odd\n name', join(root, 'link'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Returns what the real find prints for a folder, as if it were the root. */
function realListing(): string {
  const [program, , ...rest] = LISTING_ARGV;
  const printed = execFileSync(program, [root, ...rest], { encoding: 'utf8' });
  return printed.replaceAll(` ${root}\0`, ' /\0').replaceAll(` ${root}/`, ' /');
}

describe('LISTING_ARGV', () => {
  it('makes find print what judgeListing can parse', () => {
    const input = withImage(
      'app',
      fileCheck('/odd\n name', { mode: '0640', owner: `${process.getuid?.()}:${process.getgid?.()}` }),
      fileCheck('/link', { mode: '0640' }),
      fileCheck('/open', { mode: '0777' }),
    );
    const failed = judgeListing(input, realListing()).filter(({ passed }) => !passed);
    expect(failed.map(({ id, output }) => [id, output?.[0]?.split(' ')[0]])).toEqual([
      ['always/world-writable', '/open'],
    ]);
  });
});
