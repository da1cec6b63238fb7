import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { directoryEntry, fileEntry, symlinkEntry, type TarEntry } from '@image-tooling/layer';
import { valueOf } from '@image-tooling/testkit/helpers';
import { layerDifference, openStore, writeLayer, type Store } from '../src';

async function difference(before: TarEntry[], after: TarEntry[]) {
  const folder = mkdtempSync(join(tmpdir(), 'difference-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = valueOf(await openStore(folder));
  const [old, now] = [await stored(before, store), await stored(after, store)];
  return valueOf(await layerDifference(old, now));
}

async function stored(entries: TarEntry[], store: Store) {
  const { layer } = valueOf(await writeLayer(entries, { compression: 'zstd', store }));
  return { layer, store };
}

const text = (lines: readonly string[]) => lines.join('\n');
const long = (end: string) => Buffer.concat([Buffer.alloc(1_500_000, 1), Buffer.from(end, 'latin1')]);

describe('two layers', () => {
  it('have no difference if they are the same', async () => {
    const entries = () => [directoryEntry('etc'), fileEntry('etc/a', 'one')];
    expect(await difference(entries(), entries())).toBeUndefined();
  });

  it('differ in a text: reports its first difference, with two lines before it', async () => {
    const found = await difference(
      [fileEntry('a', 'same'), fileEntry('b', text(['1', '2', '3', '4', 'end']))],
      [fileEntry('a', 'same'), fileEntry('b', text(['1', '2', '3', 'five', 'six', 'end']))],
    );
    expect(found).toEqual({
      path: '/b',
      lines: [
        'first:  file, 11 bytes, mode 644, owner 0:0, time 0',
        'second: file, 18 bytes, mode 644, owner 0:0, time 0',
        ...['@@ line 4 @@', ' 2', ' 3', '-4', '+five', '+six'],
      ],
    });
  });

  it('differ in bytes: reports the offset and both sides', async () => {
    const found = await difference([fileEntry('a', long('\0abc'))], [fileEntry('a', long('\0abd'))]);
    expect(found).toEqual({
      path: '/a',
      lines: ['the content differs from byte 1500003 on', 'first:  63', 'second: 64'],
    });
  });

  it('differ in the attributes of a file, or in whether it exists', async () => {
    expect(
      await difference([fileEntry('a', 'x')], [fileEntry('a', 'x', { mode: 0o4755, uid: 7, mtime: 5 })]),
    ).toEqual({
      path: '/a',
      lines: [
        'first:  file, 1 bytes, mode 644, owner 0:0, time 0',
        'second: file, 1 bytes, mode 4755, owner 7:0, time 5',
      ],
    });
    expect(await difference([symlinkEntry('l', 'a')], [symlinkEntry('l', 'b')])).toMatchObject({
      lines: [expect.stringContaining('symlink to a'), expect.stringContaining('symlink to b')],
    });
    expect(await difference([directoryEntry('d')], [])).toMatchObject({
      path: '/d',
      lines: [/folder/, 'second: absent'].map(
        (one) => (one instanceof RegExp ? expect.stringMatching(one) : one) as unknown,
      ),
    });
  });
});
