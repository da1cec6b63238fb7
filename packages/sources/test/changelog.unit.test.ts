import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDeb } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { changelogPath, fixesIn, isChangelogOf, readDebFile, supportOf } from '../src';

const CHANGELOG = `openssl (3.5.4-1~deb13u2) trixie-security; urgency=medium

  * CVE-2026-1111: overflow in a parser (Closes: #1).
  * Also cve-2026-2222 and CVE-2026-33333.

 -- A Maintainer <a@debian.invalid>  Mon, 02 Nov 2026 10:00:00 +0000

openssl (3.5.4-1) unstable; urgency=medium

  * New upstream version.
    - Drop the patch of CVE-2025-4444, CVE-2025-5555.

 -- A Maintainer <a@debian.invalid>  Thu, 01 Oct 2026 10:00:00 +0000

openssl (3.5.3-2) unstable; urgency=high

  * Fix CVE-2025-4444, not CVE-20-1 nor XCVE-2025-9999.

 -- A Maintainer <a@debian.invalid>  Tue, 01 Sep 2026 10:00:00 +0000
`;

describe('fixesIn', () => {
  it('gives each CVE the oldest version that names it', () =>
    expect(Object.fromEntries(fixesIn(CHANGELOG))).toEqual({
      'CVE-2026-1111': '3.5.4-1~deb13u2',
      'CVE-2026-2222': '3.5.4-1~deb13u2',
      'CVE-2026-33333': '3.5.4-1~deb13u2',
      'CVE-2025-4444': '3.5.3-2',
      'CVE-2025-5555': '3.5.4-1~deb13u2',
    }));

  it('gives the version of a backport where that is lower than the one that it was made from', () => {
    const backport = CHANGELOG.slice(CHANGELOG.indexOf('openssl (3.5.4-1) ')).replace(
      /^/,
      'openssl (3.5.4-1~deb13u1) trixie; urgency=medium\n\n  * Rebuild for trixie.\n\n',
    );
    expect(Object.fromEntries(fixesIn(backport))).toEqual({
      'CVE-2025-4444': '3.5.3-2',
      'CVE-2025-5555': '3.5.4-1~deb13u1',
    });
  });

  it('finds nothing in texts that are not changelogs of Debian', () =>
    expect(fixesIn('Version 3.5.4\n\n * CVE-2026-1111\n').size).toBe(0));
});

it('a changelog belongs to the version of its first entry', () => {
  expect(isChangelogOf(CHANGELOG, '3.5.4-1~deb13u2')).toBe(true);
  expect(isChangelogOf(CHANGELOG, '3.5.4-1')).toBe(false);
  expect(isChangelogOf('Version 3.5.4', '3.5.4')).toBe(false);
});

it("native packages have their changelog where others have upstream's", () => {
  expect(changelogPath('dpkg', '1.22.21')).toBe('usr/share/doc/dpkg/changelog.gz');
  expect(changelogPath('libssl3t64', '3.5.4-1')).toBe('usr/share/doc/libssl3t64/changelog.Debian.gz');
});

describe('readDebFile', () => {
  const PATH = 'usr/share/doc/tool/changelog.Debian.gz';

  async function read(file: string | { readonly symlink: string }, change = (bytes: Buffer) => bytes) {
    const folder = await mkdtemp(join(tmpdir(), 'deb-file-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const bytes = await buildDeb({ name: 'tool', files: { [PATH]: file } });
    const deb = join(folder, 'tool.deb');
    await writeFile(deb, change(bytes));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return readDebFile({ file: deb, name: 'tool 1.0', sha256 }, PATH);
  }

  it('reads a regular file', async () => expect(valueOf(await read('text'))?.toString()).toBe('text'));

  it('reads nothing through a link', async () =>
    expect(valueOf(await read({ symlink: '../other/changelog.Debian.gz' }))).toBeUndefined());

  it('fails if the package has changed since it was fetched', async () =>
    expect(await read('text', (bytes) => Buffer.concat([bytes, bytes]))).toMatchObject({
      failures: [{ code: 'checksum' }],
    }));
});

describe('supportOf', () => {
  const CSV = `version,codename,series,created,release,eol,eol-lts,eol-elts
12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,2028-06-30,2033-06-30
14,Forky,forky,2025-08-09
`;
  const day = (text: string): number =>
    Number(execFileSync('date', ['-u', '-d', text, '+%s'], { encoding: 'utf8' }));

  it('ends after the last day', () =>
    expect(supportOf(CSV, 'bookworm')).toEqual({
      endOfLife: day('2026-06-11'),
      endOfLongTermSupport: day('2028-07-01'),
    }));

  it.each(['forky', 'sid'])('of %s has no end yet', (codename) =>
    expect(supportOf(CSV, codename)).toEqual({}),
  );
});
