import { describe, expect, it } from 'vitest';
import { indexPackages, parseAptResolution, parsePackages, readAptResolution } from '../src';
import { shown } from './support';

const OUTPUT = `Reading package lists...
Building dependency tree...
The following additional packages will be installed:
  libjq1
Inst libjq1 (1.7.1-6 Debian:13.1/stable, Debian-Security:13/stable-security [arm64])
Inst git-man (1:2.47.3-0+deb13u1 Debian:13.7/stable [all])
Conf libjq1 (1.7.1-6 Debian:13.1/stable [arm64])
`;
const PACKAGES = `Package: libjq1
Version: 1.7.1-6
Architecture: arm64
Filename: pool/libjq1.deb
Size: 10
SHA256: aa

Package: git-man
Version: 1:2.47.3-0+deb13u1
Architecture: all
Filename: pool/git-man.deb
Size: 20
SHA256: bb
`;
const index = indexPackages(parsePackages(Buffer.from(PACKAGES), 'debian').packages);
const run = { image: 'tooling', arch: 'arm64', exitCode: 0, stdout: OUTPUT, stderr: '' } as const;

describe('parseAptResolution', () => {
  it('reads installations', () => {
    expect(parseAptResolution(OUTPUT)).toEqual([
      { name: 'libjq1', version: '1.7.1-6', arch: 'arm64', before: undefined },
      { name: 'git-man', version: '1:2.47.3-0+deb13u1', arch: 'all', before: undefined },
    ]);
  });

  it('reads upgrades and removals', () => {
    const text =
      'Inst libc6 [2.41-1] (2.41-2 Debian:13 [amd64]) []\nRemv mawk [1.3]\nRemv old:arm64 [1] [x:amd64 ]\n';
    expect(parseAptResolution(text)).toEqual([
      { name: 'libc6', version: '2.41-2', arch: 'amd64', before: '2.41-1' },
      { name: 'mawk', version: undefined, arch: undefined, before: '1.3' },
      { name: 'old', version: undefined, arch: undefined, before: '1' },
    ]);
  });
});

describe('readAptResolution', () => {
  it('returns the packages of the verified lists, by name', () => {
    const result = readAptResolution(run, index);
    expect(result).toMatchObject({
      ok: true,
      value: [{ name: 'git-man', path: 'pool/git-man.deb' }, { sha256: 'aa' }],
    });
  });

  it("shows apt's explanation if there is no solution", () => {
    const broken = { ...run, exitCode: 100, stdout: '', stderr: 'E: held broken packages' };
    const free = { answer: { exitCode: 100, stdout: '', stderr: 'E: a Conflicts b' }, ownerOf: () => 'base' };
    expect(shown(readAptResolution(broken, index, free))).toContain('E: a Conflicts b');
    expect(shown(readAptResolution(broken, index))).toContain('E: held broken packages');
  });

  it('refuses packages that are not in the lists', () => {
    const stdout = 'Inst ghost (1 Debian:13 [amd64])\n';
    expect(shown(readAptResolution({ ...run, stdout }, index))).toMatchInlineSnapshot(`
      "[archive-format] apt chose ghost 1 (amd64), which is not in the verified lists.
      -> This should not happen: report it with the root lock."
    `);
  });
});

/** Stanzas of an archive that has moved on since the parent was locked at 1. */
const stanza = (name: string, version: string, more = ''): string =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: arm64\nFilename: pool/${name}.deb\nSize: 1\nSHA256: aa\n${more}\n`;
const MOVED = [
  stanza('libssl', '2'),
  stanza('openssl', '2'),
  stanza('mawk', '2'),
  stanza('client', '1', 'Depends: libc, libssl (>= 2)\n'),
  stanza('early', '1', 'Pre-Depends: libssl (= 2) | other\n'),
  stanza('breaking', '1', 'Breaks: libssl (<< 2)\n'),
  stanza('gawk', '1', 'Conflicts: mawk\n'),
].join('');
const moved = indexPackages(parsePackages(Buffer.from(MOVED), 'debian').packages);
const inst = (name: string, version: string, before = ''): string =>
  `Inst ${name} ${before === '' ? '' : `[${before}] `}(${version} x [arm64])\n`;

describe('a package of the parent that would have to change', () => {
  const refusal = (stdout: string, owner: string | undefined = 'base'): string => {
    const broken = { ...run, exitCode: 100, stdout: '' };
    const free = { answer: { exitCode: 0, stdout, stderr: '' }, ownerOf: () => owner };
    return shown(readAptResolution(broken, moved, free));
  };

  it("is named with the packages that need it, and how to update its source's packages only", () => {
    expect(refusal(inst('libssl', '2', '1') + inst('client', '1'))).toMatchInlineSnapshot(`
      "[parent-changed] The packages of "tooling" (arm64) can't be installed: libssl 1 of "base" would have to be 2, since client 1 depends on libssl (>= 2). A child never changes a package of its parent.
      -> Lock "base" and all images based on it again: npx nx run base:lock --family"
    `);
  });

  it.each([
    ['Pre-Depends', inst('libssl', '2', '1') + inst('early', '1'), 'early 1 depends on libssl (= 2)'],
    ['Breaks', inst('libssl', '2', '1') + inst('breaking', '1'), 'breaking 1 conflicts with libssl (<< 2)'],
    [
      'Conflicts',
      `Remv mawk [1]\n${inst('gawk', '1')}`,
      'have to be removed, since gawk 1 conflicts with mawk',
    ],
  ])('by %s', (_, stdout, expected) => {
    expect(refusal(stdout)).toContain(expected);
  });

  it('is reported alone, without packages that apt would change although nothing needs it', () => {
    const stdout = inst('openssl', '2', '1') + inst('libssl', '2', '1') + inst('client', '1');
    expect(refusal(stdout)).not.toContain('openssl');
    expect(refusal(inst('openssl', '2', '1'))).toContain('openssl 1 of "base" would have to be 2.');
  });

  it('in a base from a registry needs a newer digest', () => {
    const stdout = inst('libssl', '2', '1') + inst('client', '1');
    const free = { answer: { exitCode: 0, stdout, stderr: '' }, ownerOf: () => undefined };
    expect(shown(readAptResolution({ ...run, exitCode: 100 }, moved, free))).toMatchInlineSnapshot(`
      "[parent-changed] The packages of "tooling" (arm64) can't be installed: libssl 1 of its base would have to be 2, since client 1 depends on libssl (>= 2). A child never changes a package of its parent.
      -> Use a newer digest of the base, which has that package in its current version."
    `);
  });

  it('refuses an answer that removes one although none may change', () => {
    expect(
      shown(readAptResolution({ ...run, stdout: `Remv mawk [1]\n${inst('gawk', '1')}` }, moved)),
    ).toContain('[parent-changed]');
  });
});
