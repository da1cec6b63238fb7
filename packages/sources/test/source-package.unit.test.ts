import { expect, it } from 'vitest';
import { indexPackages, newestSources, parsePackages, sourceOf, type ArchivePackage } from '../src';

function packagesOf(
  archive: string,
  ...rows: readonly [name: string, version: string, source?: string][]
): ArchivePackage[] {
  const stanzas = rows.map(([name, version, source]) =>
    [
      `Package: ${name}`,
      ...(source === undefined ? [] : [`Source: ${source}`]),
      `Version: ${version}`,
      'Architecture: amd64',
      `Filename: pool/${name}.deb`,
      'Size: 1',
      `SHA256: ${'a'.repeat(64)}`,
    ].join('\n'),
  );
  return parsePackages(Buffer.from(stanzas.join('\n\n')), archive).packages;
}

it.each([
  [['jq', '1.7-2'], { name: 'jq', version: '1.7-2' }],
  [['libjq1', '1.7-2', 'jq'], { name: 'jq', version: '1.7-2' }],
  [['libjq1', '1.7-2+b1', 'jq (1.7-2)'], { name: 'jq', version: '1.7-2' }],
  [['gcc', '4:14.2.0-1', 'gcc-defaults (1.220)'], { name: 'gcc-defaults', version: '1.220' }],
] as const)('%s is built from a source package', (row, source) => {
  const [found] = packagesOf('debian', [...row] as [string, string, string?]);
  expect(found && sourceOf(found)).toEqual(source);
});

it('the newest version of a source is that of all its packages, of all suites and architectures', () => {
  const debian = packagesOf(
    'debian',
    ['jq', '1.7-2'],
    ['libjq1', '1.7-2+b1', 'jq (1.7-2)'],
    ['ed', '1.21-1'],
  );
  const security = packagesOf('debian-security', ['libjq1', '1.7-2+deb13u1', 'jq']);
  const found = newestSources([indexPackages([...debian, ...security]), indexPackages(debian)]);
  expect([...found.keys()].sort()).toEqual(['ed', 'jq']);
  expect(found.get('jq')).toMatchObject({
    version: '1.7-2+deb13u1',
    packages: [{ name: 'libjq1', archive: 'debian-security' }],
  });
  expect(found.get('ed')?.packages).toHaveLength(2);
});
