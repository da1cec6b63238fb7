import { describe, expect, it } from 'vitest';
import { codesOf, valueOf } from '@image-tooling/testkit/helpers';
import { directoryEntry, fileEntry, hardlinkEntry, mergeLayers, symlinkEntry } from '../src/index';
import type { TarEntry } from '../src/index';

const LOWER = [
  directoryEntry('d'),
  fileEntry('d/a', 'a'),
  fileEntry('d/b', 'b'),
  directoryEntry('d/sub'),
  fileEntry('d/sub/deep', 'deep'),
  fileEntry('f', 'f'),
];

async function merged(upper: TarEntry[], lower: TarEntry[] = LOWER): Promise<string[]> {
  const entries = valueOf(await mergeLayers(lower, upper));
  return entries.map(({ path, type, linkTarget }) =>
    [path, type === 'directory' ? '/' : '', linkTarget ? ` -> ${linkTarget}` : ''].join(''),
  );
}

describe('layers merged with those below', () => {
  it('add and replace', async () => {
    const entries = valueOf(await mergeLayers(LOWER, [fileEntry('f', 'new'), fileEntry('g', 'g')]));
    expect(entries.find(({ path }) => path === 'f')).toEqual(fileEntry('f', 'new'));
    expect(entries.map(({ path }) => path)).toEqual(['d', 'd/a', 'd/b', 'd/sub', 'd/sub/deep', 'f', 'g']);
  });

  it('remove a file by its whiteout, and the whiteout itself', async () => {
    expect(await merged([fileEntry('d/.wh.a', '')])).toEqual(['d/', 'd/b', 'd/sub/', 'd/sub/deep', 'f']);
  });

  it('remove a folder with its content', async () => {
    expect(await merged([fileEntry('d/.wh.sub', '')])).toEqual(['d/', 'd/a', 'd/b', 'f']);
    expect(await merged([fileEntry('.wh.d', '')])).toEqual(['f']);
  });

  it('hide lower files of an opaque folder, but not their own', async () => {
    const upper = [
      directoryEntry('d'),
      fileEntry('d/-early', ''),
      fileEntry('d/.wh..wh..opq', ''),
      fileEntry('d/b', ''),
    ];
    expect(await merged(upper)).toEqual(['d/', 'd/-early', 'd/b', 'f']);
  });

  it('remove and create a path again in one layer', async () => {
    expect(
      await merged([fileEntry('d/.wh.sub', ''), directoryEntry('d/sub'), fileEntry('d/sub/x', '')]),
    ).toEqual(['d/', 'd/a', 'd/b', 'd/sub/', 'd/sub/x', 'f']);
  });

  it('replace a folder by a file or link, and a file or link by a folder', async () => {
    expect(await merged([symlinkEntry('d', 'f')])).toEqual(['d -> f', 'f']);
    expect(await merged([directoryEntry('f'), fileEntry('f/x', '')])).toContain('f/x');
  });

  it('keep the content of a hard link when its first name is removed or replaced', async () => {
    const lower = [fileEntry('a', 'text'), hardlinkEntry('b', 'a'), hardlinkEntry('c', 'a')];
    expect(await merged([fileEntry('.wh.a', '')], lower)).toEqual(['b', 'c -> b']);
    const replaced = valueOf(await mergeLayers(lower, [fileEntry('a', 'new')]));
    expect(replaced.map(({ path, type, size }) => [path, type, size])).toEqual([
      ['a', 'file', 3],
      ['b', 'file', 4],
      ['c', 'hardlink', 0],
    ]);
  });

  it('link to a file of the lower layer', async () => {
    expect(await merged([hardlinkEntry('e', 'f')])).toContain('f -> e');
  });

  it('fail on a hard link to a missing file', async () => {
    expect(codesOf(await mergeLayers(LOWER, [hardlinkEntry('x', 'nowhere')]))).toEqual(['tar-format']);
  });

  it('change neither of the merged lists', async () => {
    const lower = Object.freeze([...LOWER]);
    await mergeLayers(lower, Object.freeze([fileEntry('d/.wh.a', '')]));
    expect(lower).toEqual(LOWER);
  });
});
