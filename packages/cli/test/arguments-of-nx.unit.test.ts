import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withArgumentsOfNx, wordsOf } from '../src/arguments-of-nx';

describe('the words that Nx joined', () => {
  it.each([
    ['', []],
    [' \n', []],
    ['--dry-run --to=docker', ['--dry-run', '--to=docker']],
    ['--reason="it is late"', ['--reason=it is late']],
    ['"two words" three', ['two words', 'three']],
    ['--branch="$(touch x)`y`"', ['--branch=$(touch x)`y`']],
    ['--reason="say \\"no\\""', ['--reason=say "no"']],
    ['--file="a\\b"', ['--file=a\\b']],
    ["--branch='a b'", ['--branch=a b']],
    ['--branch="it\'s"', ["--branch=it's"]],
    ['--branch="a\nb"', ['--branch=a\nb']],
    ['--empty=', ['--empty=']],
    ['--empty=""', ['--empty=']],
  ])('%j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it.each(['--branch="a', "it's"])('can’t be split in %j', (text) => {
    expect(wordsOf(text)).toBeUndefined();
  });
});

describe('a command line with --arguments-fd', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'image-tooling-arguments-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function fdWith(text: string): number {
    writeFileSync(join(folder, 'arguments'), text);
    return openSync(join(folder, 'arguments'), 'r');
  }

  it('is unchanged without the flag', () => {
    expect(withArgumentsOfNx(['build', 'base'])).toEqual({ ok: true, value: ['build', 'base'] });
  });

  it('replaces the flag by the words of the file', () => {
    const argv = ['load', 'base', `--arguments-fd=${fdWith(' --to="a b" ')}`];
    expect(withArgumentsOfNx(argv)).toEqual({ ok: true, value: ['load', 'base', '--to=a b'] });
  });

  it('fails if the descriptor is not open or its words can’t be read, without printing them', () => {
    expect(withArgumentsOfNx(['--arguments-fd=999'])).toMatchObject({ failures: [{ code: 'usage' }] });
    const unreadable = withArgumentsOfNx([`--arguments-fd=${fdWith('--token="secret')}`]);
    expect(unreadable).toMatchObject({ failures: [{ code: 'usage' }] });
    expect(JSON.stringify(unreadable)).not.toContain('secret');
  });
});
