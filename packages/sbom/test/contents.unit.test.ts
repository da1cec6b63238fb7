import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fileEntry, hardlinkEntry, symlinkEntry, writeTarBytes } from '@image-tooling/layer';
import { codesOf } from '@image-tooling/testkit/helpers';
import { layerContentsOf, layerSymbolsOf, symbolsOfPackages } from '../src';
import { goProgram } from './go-programs';
import { contentsOf, readEntries, readTarContents } from './read-layer';

const STATUS = `Package: libc6
Status: install ok installed
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Architecture: amd64
Source: glibc (2.41-12)
Version: 2.41-12+b1
Provides: libc6-i686 (= 2.41), libc
Depends: libgcc-s1, debconf (>= 0.5) | debconf-2.0
Pre-Depends: dpkg (>= 1.22)
Homepage: https://www.gnu.org/
Description: C library
 More words.
 .
 Package: not-a-package

Package: removed
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: held
Status: hold ok half-configured
Architecture: all
Version: 1:2-3
`;

const status = (text: string) => fileEntry('var/lib/dpkg/status', text);

describe('a system layer', () => {
  it('has all packages with files, and their sources', async () => {
    const { packages, unread } = await contentsOf([status(STATUS)], 'system');
    expect({ packages, unread }).toEqual({
      unread: [],
      packages: [
        {
          name: 'held',
          version: '1:2-3',
          architecture: 'all',
          source: { name: 'held', version: '1:2-3' },
          depends: [],
          provides: [],
        },
        {
          name: 'libc6',
          version: '2.41-12+b1',
          architecture: 'amd64',
          source: { name: 'glibc', version: '2.41-12' },
          maintainer: 'GNU Libc Maintainers <debian-glibc@lists.debian.org>',
          homepage: 'https://www.gnu.org/',
          depends: [['dpkg'], ['libgcc-s1'], ['debconf', 'debconf-2.0']],
          provides: ['libc6-i686', 'libc'],
        },
      ],
    });
  });

  it('without a status says nothing of packages; with an empty one, it has no packages', async () => {
    expect(await contentsOf([], 'system')).not.toHaveProperty('packages');
    expect(await contentsOf([status('')], 'system')).toMatchObject({ packages: [] });
  });

  it.each([
    ['no version', 'Package: a\nStatus: install ok installed\n'],
    ['no name', 'Version: 1\nStatus: install ok installed\n'],
    ['an invalid name', 'Package: A/../b\nVersion: 1\n'],
    ['a control character in its version', 'Package: a\nVersion: 1\u001b[31m\n'],
    ['only half of its lines', STATUS.slice(0, STATUS.indexOf('Version: 1:2-3'))],
  ])('reports a package with %s as unread', async (_, text) => {
    const { unread } = await contentsOf([status(text)], 'system');
    expect(unread).toEqual([
      { path: 'var/lib/dpkg/status', reason: 'Packages without a valid name or version: 1.' },
    ]);
  });

  it('has packages with records of their own, as in images without dpkg', async () => {
    const record = 'Package: base-files\nVersion: 13\nArchitecture: amd64\n';
    const found = await contentsOf(
      [
        fileEntry('var/lib/dpkg/status.d/base', record),
        fileEntry('var/lib/dpkg/status.d/base.md5sums', 'abc  x\n'),
        fileEntry('var/lib/dpkg/status.d/broken', 'Package:\n'),
      ],
      'go',
    );
    expect(found.records.map(({ name }) => name)).toEqual(['base-files']);
    expect(found.unread.map(({ path }) => path)).toEqual(['var/lib/dpkg/status.d/broken']);
  });

  it('has the distribution, setuid files and links of documentation, and hashes no programs', async () => {
    const found = await readEntries(
      [
        fileEntry('usr/lib/os-release', 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n'),
        fileEntry('usr/bin/su', goProgram(), { mode: 0o4755 }),
        fileEntry('usr/bin/wall', 'x', { mode: 0o2755 }),
        symlinkEntry('usr/share/doc/libgcc-s1', 'gcc-14-base'),
        symlinkEntry('usr/share/doc/b/copyright', '../a/copyright'),
        symlinkEntry('usr/share/doc/c', '../../../etc'),
      ],
      'system',
    );
    expect(found.contents).toMatchObject({
      os: { id: 'debian', version: '13', codename: 'trixie' },
      privileged: [
        { path: 'usr/bin/su', mode: '4755' },
        { path: 'usr/bin/wall', mode: '2755' },
      ],
      docLinks: { 'libgcc-s1': 'gcc-14-base', b: 'a' },
      files: [],
      go: [],
    });
    expect(found.symbols).toEqual({});
  });
});

describe('a layer of a tool', () => {
  const program = goProgram();

  it('has its programs and archives with hashes, and what Go recorded in them', async () => {
    const { contents, symbols } = await readEntries(
      [
        fileEntry('usr/local/bin/tool', program, { mode: 0o755 }),
        fileEntry('usr/local/bin/empty', '', { mode: 0o755 }),
        fileEntry('usr/local/lib/a.so', program),
        fileEntry('usr/local/lib/a.jar', 'PK\x03\x04...'),
        fileEntry('usr/local/share/doc/tool/LICENSE', 'words'),
        hardlinkEntry('usr/local/bin/other', 'usr/local/bin/tool'),
      ],
      'tools',
    );
    const hash = (name: string) => createHash(name).update(program).digest('hex');
    expect(contents.files.map(({ path, executable, archive }) => [path, executable, archive])).toEqual([
      ['usr/local/bin/empty', true, false],
      ['usr/local/bin/tool', true, false],
      ['usr/local/lib/a.jar', false, true],
      ['usr/local/lib/a.so', false, false],
    ]);
    expect(contents.files[1]).toMatchObject({
      size: program.length,
      sha256: hash('sha256'),
      sha512: hash('sha512'),
    });
    expect(contents.go.map(({ path, goVersion }) => [path, goVersion])).toEqual([
      ['usr/local/bin/tool', 'go1.26.8'],
      ['usr/local/lib/a.so', 'go1.26.8'],
    ]);
    expect(symbols['usr/local/bin/tool']).toEqual({
      'golang.org/x/net/http2': ['Transport', 'Transport.RoundTrip'],
      'gopkg.in/yaml.v3': ['Unmarshal', 'Unmarshal.func1'],
      main: ['main'],
      'example.org/tool/cmd': ['main'],
    });
  });

  it('reports programs that are cut off', async () => {
    const cut = fileEntry('usr/local/bin/tool', program.subarray(0, 100), { mode: 0o755 });
    const { unread, files } = await contentsOf([cut], 'tools');
    expect(files).toHaveLength(1);
    expect(unread).toEqual([
      { path: 'usr/local/bin/tool', reason: 'It is cut off, or not a valid ELF file.' },
    ]);
  });

  it('has its npm packages, each version once', async () => {
    const found = await contentsOf(
      [
        fileEntry('usr/local/lib/node_modules/a/package.json', '{"name":"a","version":"1","license":"MIT"}'),
        fileEntry(
          'usr/local/lib/node_modules/a/node_modules/@s/b/package.json',
          '{"name":"@s/b","version":"2"}',
        ),
        fileEntry(
          'usr/local/lib/node_modules/c/node_modules/a/package.json',
          '{"name":"a","version":"1","license":"MIT"}',
        ),
        fileEntry(
          'usr/local/lib/node_modules/d/package.json',
          '{"name":"d","version":"1","license":{"type":"SEE X"}}',
        ),
        fileEntry('usr/local/lib/node_modules/a/esm/package.json', '{"type":"module"}'),
        fileEntry('usr/local/lib/node_modules/e/package.json', '{"name":"e"'),
      ],
      'tools',
    );
    expect(found.npm).toEqual([
      { name: '@s/b', version: '2' },
      { name: 'a', version: '1', licence: { expression: 'MIT' } },
      { name: 'd', version: '1', licence: { text: 'SEE X' } },
    ]);
    expect(found.unread.map(({ path }) => path)).toEqual(['usr/local/lib/node_modules/e/package.json']);
  });
});

it('a layer of files has each file with its hashes, whatever it is', async () => {
  const { files, packages } = await contentsOf([status('x'), fileEntry('etc/conf', 'y')], 'files');
  expect(files.map(({ path }) => path)).toEqual(['etc/conf', 'var/lib/dpkg/status']);
  expect(packages).toBeUndefined();
});

it('a layer of a registry image has the modules of its Go programs', async () => {
  const program = fileEntry('app', goProgram(), { mode: 0o755 });
  const { files, go } = await contentsOf([program, fileEntry('data', goProgram())], 'go');
  expect(files).toEqual([]);
  expect(go.map(({ path }) => path)).toEqual(['app']);
});

describe('reading', () => {
  const entries = [status(STATUS), fileEntry('usr/bin/su', 'x'.repeat(3000), { mode: 0o4755 })];

  it('gives the same for the same files in another order', async () => {
    expect(await contentsOf([...entries].reverse(), 'tools')).toEqual(await contentsOf(entries, 'tools'));
  });

  it('fails if the tar is cut off', async () => {
    const tar = await writeTarBytes(entries);
    expect(codesOf(await readTarContents(tar.subarray(0, 1500), 'tools'))).toEqual(['tar-format']);
  });

  it('stops on abort', async () => {
    const tar = await writeTarBytes(entries);
    expect(codesOf(await readTarContents(tar, 'tools', { signal: AbortSignal.abort() }))).toEqual([
      'aborted',
    ]);
  });

  it('gives records that are read back, and refuses others', async () => {
    const { contents, symbols } = await readEntries(
      [...entries, fileEntry('bin/go', goProgram(), { mode: 0o755 })],
      'tools',
    );
    expect(layerContentsOf(JSON.parse(JSON.stringify(contents)))).toEqual(contents);
    expect(layerSymbolsOf(JSON.parse(JSON.stringify(symbols)))).toEqual(symbols);
    const packages = new Set(Object.values(symbols).flatMap((program) => Object.keys(program)));
    expect(symbolsOfPackages(JSON.stringify(symbols), packages)).toEqual(symbols);
    for (const other of [
      undefined,
      null,
      [],
      {},
      { ...contents, contentsVersion: 0 },
      { ...contents, go: 1 },
    ])
      expect(layerContentsOf(other)).toBeUndefined();
    for (const other of [undefined, null, [], { a: 1 }, { a: { b: 1 } }, { a: { b: [1] } }])
      expect(layerSymbolsOf(other)).toBeUndefined();
  });
});
