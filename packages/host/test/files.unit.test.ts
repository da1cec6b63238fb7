import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { ioFailure, makeFolder, renameIfThere, writeFileAtomic } from '../src';
import { failureOf } from './help';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  it('makes the folder, replaces what was there, and leaves no other file', async () => {
    const path = join(folder, 'a', 'b', 'file');
    valueOf(await writeFileAtomic(path, 'old'));
    valueOf(await writeFileAtomic(path, Buffer.from('new')));
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['file']);
  });

  it('says why it failed, also where what it began can not be removed', async () => {
    const file = join(folder, 'file');
    valueOf(await writeFileAtomic(file, 'text'));
    const failure = failureOf(await writeFileAtomic(join(file, 'below', 'file'), 'text'));
    expect(failure).toMatchObject({
      code: 'io',
      message: expect.stringContaining(`${file}/below/file: `) as string,
    });
    expect(failure.hint).toContain('There is a file in place of a parent folder');
  });

  it('survives writers at once: the content is one of theirs, whole', async () => {
    const path = join(folder, 'file');
    const contents = [1, 2, 3, 4].map((n) => String(n).repeat(100_000));
    for (const result of await Promise.all(contents.map((text) => writeFileAtomic(path, text))))
      valueOf(result);
    expect(contents).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('fails with io where a folder is in the way, and leaves nothing', async () => {
    await mkdir(join(folder, 'taken', 'in'), { recursive: true });
    expect(failureOf(await writeFileAtomic(join(folder, 'taken'), 'x')).code).toBe('io');
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('fails with disk-full on a full disk, and keeps the old content', async (context) => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a small disk needs root');
    }
    try {
      const path = join(folder, 'file');
      valueOf(await writeFileAtomic(path, 'old'));
      const failure = failureOf(await writeFileAtomic(path, Buffer.alloc(200_000)));
      expect(failure).toMatchObject({ code: 'disk-full' });
      expect(failure).toMatchObject({ message: `No space left while writing ${path}.`, path });
      expect(await readFile(path, 'utf8')).toBe('old');
      expect(await readdir(folder)).toEqual(['file']);
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});

describe('makeFolder', () => {
  it('makes those above, at once with others, and keeps what is there', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, 'a', 'b'))]);
    await makeFolder(path);
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['c']);
  });

  it.each(['/proc/x/y', '/dev/null/x', '/dev/null'])('ends with an error for %s', async (path) => {
    await expect(makeFolder(path)).rejects.toThrow(/^E(NOENT|NOTDIR|EXIST)/);
  });
});

describe('renameIfThere', () => {
  it('renames a file, and returns whether there is one', async () => {
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    valueOf(await writeFileAtomic(from, 'content'));
    expect(await renameIfThere(from, to)).toBe(true);
    expect(await readFile(to, 'utf8')).toBe('content');
    expect(await renameIfThere(from, to)).toBe(false);
  });

  it('throws other errors', async () => {
    valueOf(await writeFileAtomic(join(folder, 'file'), ''));
    await expect(renameIfThere(join(folder, 'file', 'x'), join(folder, 'to'))).rejects.toThrow('ENOTDIR');
  });
});

describe('ioFailure', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EMFILE'])('gives a hint for %s', (code) => {
    const failure = ioFailure(Object.assign(new Error(`${code}: no`), { code }), '/x');
    expect(failure).toMatchObject({
      code: code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'io',
      message: expect.stringContaining('/x') as string,
      hint: expect.any(String) as string,
      path: '/x',
    });
    expect(failure.hint).not.toContain('IMAGE_STORE');
  });

  it('throws on what is no error of the file system: a bug', () => {
    expect(() => ioFailure(new TypeError('a bug'), '/x')).toThrow('a bug');
  });
});
