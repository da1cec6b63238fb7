import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codesOf, failuresOf, gathered, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { bytesOf, directoryEntry, fileEntry, hardlinkEntry, readTar, symlinkEntry } from '../src/index';
import type { TarEntry } from '../src/index';
import { ContentReader } from '../src/tar/content';
import { orderEntries, tarOf } from '../src/tar/write';
import { writeTarFile } from '../src/tar/file';

const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex'); // cap_net_raw+ep
const WEIRD = [
  'with space',
  'with\nnewline',
  'with"quote\\',
  `deep/${'x'.repeat(90)}/${'y'.repeat(120)}`,
  'z'.repeat(200),
  `p/${'q'.repeat(99)}`,
  'caf\xc3\xa9', // UTF-8
  'latin1-\xe9\xff\x80', // no UTF-8
  'a=b',
  '.wh.gone',
  'opaque/.wh..wh..opq',
];

function sample(): TarEntry[] {
  return [
    directoryEntry('opaque', { mode: 0o1777 }),
    directoryEntry('deep', { mode: 0o2750, uid: 1000, gid: 100, mtime: 5 }),
    ...WEIRD.map((path, index) => fileEntry(path, 'x'.repeat(index * 100), { mtime: index })),
    fileEntry('setuid', 'root!', { mode: 0o4755, mtime: 1_700_000_000 }),
    fileEntry('ids', 'big', { uid: 4_000_000_000, gid: 2_097_152 }),
    fileEntry('ping', 'ping', { mode: 0o755, xattrs: new Map([['security.capability', CAPABILITY]]) }),
    hardlinkEntry('ping2', 'ping', {
      mode: 0o755,
      xattrs: new Map([['security.capability', CAPABILITY]]),
    }),
    symlinkEntry('link', '../somewhere else'),
    symlinkEntry('long', `/${'t'.repeat(150)}`),
    symlinkEntry('bytes', '\xff\xfe'),
    { ...fileEntry('null', ''), type: 'char', device: { major: 1, minor: 3 } },
    { ...fileEntry('pipe', ''), type: 'fifo' },
    fileEntry('old', 'before the epoch', { mtime: -5 }),
  ];
}

/** An entry with its content as text, so that two can be compared. */
function plain(entry: TarEntry): unknown {
  const reader = new ContentReader();
  const { content: _, ...rest } = entry;
  const text = Buffer.from(reader.head(entry, entry.size)).toString('latin1');
  reader.close();
  return {
    ...rest,
    xattrs: [...(entry.xattrs ?? [])].map(([k, v]) => [k, Buffer.from(v).toString('hex')]),
    text,
  };
}

const inOrder = (entries: readonly TarEntry[]): unknown[] => orderEntries(entries).map(plain);

describe('a tar written and read again', () => {
  it('has the same entries, sorted byte by byte', async () => {
    const file = join(temporaryFolder(), 'a.tar');
    valueOf(await writeTarFile(sample(), file));
    const read = valueOf(await readTar(file));
    expect(read.map(plain)).toEqual(inOrder(sample()));
    expect(read.map(({ path }) => path)).toEqual(read.map(({ path }) => path).sort());
  });

  it('has the same bytes for any order of its entries', async () => {
    const once = await gathered(tarOf(orderEntries(sample())));
    const again = await gathered(tarOf(orderEntries(sample().reverse())));
    expect(again.equals(once)).toBe(true);
  });

  it('uses no PAX header for what fits into ustar', async () => {
    const entry = fileEntry(`${'d'.repeat(100)}/${'n'.repeat(100)}`, 'x');
    expect((await gathered(tarOf([entry]))).length).toBe(512 + 512 + 1024);
  });
});

describe('GNU tar', () => {
  it('lists and extracts what we write, with names, links and capabilities', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'a.tar');
    const entries = sample().filter(({ type, path }) => type !== 'char' && path !== 'ids');
    valueOf(await writeTarFile(entries, file));
    const into = join(folder, 'out');
    mkdirSync(into);
    execFileSync('tar', ['--xattrs', '--xattrs-include=*', '--no-same-owner', '-xpf', file, '-C', into]);
    const again = join(folder, 'b.tar');
    const args = [
      '-C',
      into,
      '--format=posix',
      '--xattrs',
      '--xattrs-include=*',
      '--no-recursion',
      '--null',
      '-T',
      '-',
    ];
    const names = Buffer.concat(orderEntries(entries).map(({ path }) => bytesOf(`${path}\0`)));
    execFileSync('tar', [...args, '-cf', again], { input: names });
    const ignoringOwner = (list: readonly TarEntry[]) => list.map((e) => plain({ ...e, uid: 0, gid: 0 }));
    const back = valueOf(await readTar(again));
    const mine = valueOf(await readTar(file)).map(withoutLinkXattrs);
    expect(ignoringOwner(back.map(withoutLinkXattrs))).toEqual(ignoringOwner(mine));
    const isRoot = process.getuid?.() === 0;
    if (isRoot) expect(back.find(({ path }) => path === 'ping')?.xattrs?.size).toBe(1);
  });

  it.each(['gnu', 'posix', 'ustar', 'v7', 'oldgnu'])(
    'writes its format %s, which we read',
    async (format) => {
      const folder = temporaryFolder();
      const tree = join(folder, 'tree');
      mkdirSync(join(tree, 'd'.repeat(format === 'v7' ? 20 : 80), 'e'), { recursive: true });
      const long = join(
        tree,
        'd'.repeat(format === 'v7' ? 20 : 80),
        'e',
        'n'.repeat(format === 'v7' ? 20 : 60),
      );
      writeFileSync(long, 'long');
      writeFileSync(join(tree, 'new\nline'), 'nl');
      if (format === 'gnu' || format === 'posix') writeFileSync(join(tree, 'm'.repeat(255)), 'very long');
      const file = join(folder, 'a.tar');
      execFileSync('tar', [`--format=${format}`, '-cf', file, '-C', tree, '.']);
      const entries = valueOf(await readTar(file));
      const listed = execFileSync('tar', ['--quoting-style=literal', '-tf', file], { encoding: 'latin1' });
      expect(
        entries.map(({ path, type }) => `./${path}${type === 'directory' && path ? '/' : ''}`).join('\n') +
          '\n',
      ).toBe(listed);
      expect(entries[0]).toMatchObject({ path: '', type: 'directory' });
      expect(plain(entries.find(({ path }) => path.endsWith('n'))!)).toMatchObject({ text: 'long' });
    },
  );

  it('writes large user ids in base-256, which we read', async () => {
    const file = join(temporaryFolder(), 'a.tar');
    execFileSync('tar', [
      '--format=gnu',
      '--owner=:4000000000',
      '--group=:3000000',
      '-cf',
      file,
      '-C',
      '/',
      'etc/hostname',
    ]);
    expect(valueOf(await readTar(file))[0]).toMatchObject({ uid: 4_000_000_000, gid: 3_000_000 });
  });
});

function withoutLinkXattrs(entry: TarEntry): TarEntry {
  const { xattrs, ...rest } = entry;
  return entry.type === 'hardlink' || !xattrs || process.getuid?.() !== 0 ? rest : entry;
}

describe('a tar that is refused', () => {
  async function bad(change: (file: string) => void): Promise<string> {
    const file = join(temporaryFolder(), 'a.tar');
    valueOf(await writeTarFile([fileEntry('a', 'x'.repeat(2000)), fileEntry('b', 'y')], file));
    change(file);
    const result = await readTar(file);
    expect(codesOf(result)).toEqual(['tar-format']);
    return failuresOf(result)[0].message.replace(file, 'a.tar');
  }
  const edit = (at: number, bytes: string) => (file: string) => {
    const content = readFileSync(file);
    content.write(bytes, at, 'latin1');
    writeFileSync(file, content);
  };

  it.each([0, 100, 512, 1500, 3072, 3584])('is truncated after %i bytes', async (length) => {
    expect(await bad((file) => truncateSync(file, length))).toContain('ends before the tar does');
  });

  it('has a changed header', async () => {
    expect(await bad(edit(0, 'other'))).toContain('the header checksum is wrong');
  });

  it('is not a tar', async () => {
    expect(await bad((file) => writeFileSync(file, 'x'.repeat(5000)))).toContain('checksum is wrong');
  });

  it('has a path outside of the root', async () => {
    const file = join(temporaryFolder(), 'a.tar');
    valueOf(await writeTarFile([fileEntry('../escape', '')], file));
    expect(failuresOf(await readTar(file))[0].message).toContain('not a path below the root');
  });

  it('holds a sparse file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'sparse'), '');
    truncateSync(join(folder, 'sparse'), 10_000_000);
    for (const format of ['gnu', 'posix']) {
      const file = join(folder, `${format}.tar`);
      execFileSync('tar', [`--format=${format}`, '-S', '-cf', file, '-C', folder, 'sparse']);
      expect(codesOf(await readTar(file))).toEqual(['tar-format']);
    }
  });

  it('is missing', async () => {
    expect(codesOf(await readTar('/nowhere/a.tar'))).toEqual(['io']);
  });
});

describe('hard links', () => {
  const names = (entries: TarEntry[]) =>
    orderEntries(entries).map(({ path, type, linkTarget }) => [path, type, linkTarget]);

  it('give the content to the first name in byte order', () => {
    expect(names([fileEntry('z', 'text'), hardlinkEntry('a', 'z'), hardlinkEntry('m', 'a')])).toEqual([
      ['a', 'file', undefined],
      ['m', 'hardlink', 'a'],
      ['z', 'hardlink', 'a'],
    ]);
  });

  it('to missing files fail, each by name', async () => {
    const file = join(temporaryFolder(), 'a.tar');
    const result = await writeTarFile([hardlinkEntry('a', 'gone')], file);
    expect(failuresOf(result)[0].message).toBe('"a" is a hard link to "gone", which is not in the same tar.');
  });

  it('fail if a path occurs twice', async () => {
    const file = join(temporaryFolder(), 'a.tar');
    expect(codesOf(await writeTarFile([fileEntry('a', ''), fileEntry('a', '')], file))).toEqual([
      'tar-format',
    ]);
  });
});
