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
  it('reads what would be installed', () => {
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
  it('gives the packages of the verified lists, by name', () => {
    const result = readAptResolution(run, index);
    expect(result).toMatchObject({
      ok: true,
      value: [{ name: 'git-man', path: 'pool/git-man.deb' }, { sha256: 'aa' }],
    });
  });

  it('refuses to change the parent', () => {
    const stdout = 'Inst libc6 [2.41-1] (2.41-2 Debian:13 [amd64]) []\nRemv mawk [1.3]\n';
    expect(shown(readAptResolution({ ...run, stdout }, index))).toMatchInlineSnapshot(`
      "[parent-changed] To install the packages of "tooling" (arm64), libc6 of its parent would be replaced: 2.41-1 by 2.41-2; a child never changes a parent's package.
      -> Run the parent's lock target first, so that both stand on one state of the archive.

      [parent-changed] To install the packages of "tooling" (arm64), mawk of its parent would be removed (1.3); a child never changes a parent's package.
      -> Take the package that conflicts with it out of image.json, or the other one out of the parent."
    `);
  });

  it('refuses what is not in the lists', () => {
    const stdout = 'Inst ghost (1 Debian:13 [amd64])\n';
    expect(shown(readAptResolution({ ...run, stdout }, index))).toMatchInlineSnapshot(`
      "[archive-format] apt chose ghost 1 (amd64), which is not in the verified lists.
      -> This should not happen: report it with the root lock."
    `);
  });
});
