import { describe, expect, it } from 'vitest';
import { chooseDeb, indexPackages, type ArchivePackage } from '../src';
import { isOfUpstream, upstreamVersion } from '../src/debian/deb-version';
import { shown } from './support';

const found = (name: string, version: string, archive = 'debian') =>
  ({ name, version, archive, architecture: 'amd64' }) as ArchivePackage;

const index = indexPackages([
  found('git-lfs', '3.6.1-1+b2'),
  found('git-lfs', '3.7.0-2', 'other'),
  found('git-lab', '1.0-1'),
]);

function choose(changes: { package?: string; version?: string; archive?: string }) {
  const places = { package: { file: 'tools/lfs/tool.json' }, version: { file: 'tools/lfs/tool.json' } };
  return chooseDeb(index, { tool: 'lfs', package: 'git-lfs', version: '3.6.1', places, ...changes });
}

describe('the package of a tool', () => {
  it.each([
    [{}, '3.6.1-1+b2'],
    [{ version: '3.7.0' }, '3.7.0-2'],
    [{ version: '3.6.1', archive: 'debian' }, '3.6.1-1+b2'],
  ])('%j is %s', (wanted, version) => expect(choose(wanted)).toMatchObject({ ok: true, value: { version } }));

  it('with another version is reported with the available versions', () =>
    expect(shown(choose({ version: '3.5.0' }))).toMatchInlineSnapshot(`
      "[package-not-found] lfs: version 3.5.0 is not available: the package git-lfs is at 3.7.0-2, 3.6.1-1+b2.
      -> Set "version" to "3.7.0", or use another source for the tool."
    `));

  it('in another archive is reported with the archives that have it', () =>
    expect(shown(choose({ package: 'git-lab', archive: 'other' }))).toMatchInlineSnapshot(`
      "[package-not-found] lfs: the archive "other" has no package "git-lab".
      -> It is in "debian": set "archive" to that."
    `));

  it('with a wrong name is reported with similar names', () =>
    expect(shown(choose({ package: 'git-lsf' }))).toMatchInlineSnapshot(`
      "[package-not-found] There is no package "git-lsf" in the archive.
      -> Did you mean "git-lfs" or "git-lab"?"
    `));
});

it.each([
  ['3.6.1-1+b2', '3.6.1'],
  ['1:2.47.3-0+deb13u1', '2.47.3'],
  ['0.13.1+ds1-4', '0.13.1+ds1'],
  ['7-zip', '7'],
  ['2.0', '2.0'],
])('%s is of upstream %s', (version, upstream) => expect(upstreamVersion(version)).toBe(upstream));

it.each([
  ['0.13.1+ds1-4', '0.13.1', true],
  ['0.13.1+ds1-4', '0.13.1+ds1', true],
  ['2.0+dfsg-1', '2.0', true],
  ['2.0.1-1', '2.0', false],
  ['2.0~rc1-1', '2.0', false],
])('%s is of %s: %s', (version, upstream, expected) =>
  expect(isOfUpstream(version, upstream)).toBe(expected),
);
