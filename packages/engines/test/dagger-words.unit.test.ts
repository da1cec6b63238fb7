import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellWord } from '@image-tooling/model/shell-word';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupsOf } from '../src/dagger/step/script';
import { scriptOfFolder } from '../src/dagger/step/small-mount';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'words-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const said = (word: string): Buffer => execFileSync('sh', ['-c', `printf %s ${word}`]);

describe('words of a script', () => {
  it.each([
    [''],
    ['plain'],
    ['it\'s $HOME `id` \\ "quoted" !'],
    ['lines\nand\ttabs\n'],
    ['\r\x01\x7f\r\n\x1b[0m'],
    ['Grüße 😀'],
    ["'".repeat(20_000)],
    ['😀'.repeat(9000)],
    [`${'x'.repeat(100_000)}\n\n`],
  ])('stand for the same text (%#)', (text) => {
    expect(said(shellWord(text)).toString()).toBe(text);
  });
});

describe('a small mount', () => {
  it('comes from a script as it was: bytes, modes, empty folders', async () => {
    const [source, copy] = ['source', 'copy'].map((name) => join(folder, name)) as [string, string];
    mkdirSync(join(source, 'empty'), { recursive: true });
    mkdirSync(copy);
    writeFileSync(join(source, "it's"), Buffer.from([...Array(256).keys(), ...Array(5000).keys()]));
    writeFileSync(join(source, 'run'), '#!/bin/sh\n', { mode: 0o755 });
    const script = await scriptOfFolder(source);
    execFileSync('sh', ['-ec', script ?? 'false'], { cwd: copy });
    execFileSync('diff', ['-r', source, copy]);
    const modes = (at: string): string =>
      execFileSync('sh', ['-c', "find . -mindepth 1 -printf '%m %P\\n' | sort"], {
        cwd: at,
        encoding: 'utf8',
      });
    expect(modes(copy)).toBe(modes(source));
  });

  it('does not come from a script if it is large, or has more than folders and files', async () => {
    const large = join(folder, 'large');
    mkdirSync(large);
    writeFileSync(join(large, 'file'), Buffer.alloc(70_000));
    expect(await scriptOfFolder(large)).toBeUndefined();
    const linked = join(folder, 'linked');
    mkdirSync(linked);
    symlinkSync('nowhere', join(linked, 'link'));
    expect(await scriptOfFolder(linked)).toBeUndefined();
  });
});

describe('commands', () => {
  it('of one user that stand together share a RUN', () => {
    const command = (user?: string) => ({ argv: ['id'] as const, ...(user && { user }) });
    const groups = groupsOf([command(), command('0:0'), command('1'), command()]);
    expect(groups.map(({ user, commands }) => [user, commands.map(({ index }) => index)])).toEqual([
      ['0:0', [0, 1]],
      ['1', [2]],
      ['0:0', [3]],
    ]);
  });
});
