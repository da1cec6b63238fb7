import { describe, expect, it } from 'vitest';
import { compareDebianVersions } from '@image-tooling/model';
import { parseRelations, satisfies } from '../src';

/** Oldest first; each is older than all that follow it. */
const ORDERED = [
  ['1.0~~', '1.0~~a', '1.0~', '1.0~rc1', '1.0', '1.0-1', '1.0-1+b1', '1.0-2', '1.0a', '1.0+b', '1.0.1'],
  ['0:9', '1:0.1', '2:0'],
  ['2.9', '2.10', '2.10.1'],
  ['1.0-1~deb13u1', '1.0-1', '1.0-1+deb13u1', '1.0-1+deb13u2', '1.0-1+deb13u10'],
  ['20240101', '20250101000000000000001', '20250101000000000000002'],
  ['1-a', '1-b', '1-b.1', '1.1-a'],
  ['a', 'b', 'z', 'z+', 'z-1'].slice(0, 3),
];

describe('compareDebianVersions', () => {
  it.each(ORDERED.map((versions) => [versions.join(' < '), versions] as const))('%s', (_, versions) => {
    for (const [i, a] of versions.entries())
      for (const [j, b] of versions.entries())
        expect([a, b, Math.sign(compareDebianVersions(a, b))]).toEqual([a, b, Math.sign(i - j)]);
  });

  it.each([
    ['1.0', '0:1.0'],
    ['1.00', '1.0'],
    ['1.0-0', '1.0'],
    ['1.01-1', '1.1-01'],
  ])('%s equals %s', (a, b) => {
    expect(compareDebianVersions(a, b)).toBe(0);
  });
});

describe('relations', () => {
  it('reads alternatives, versions and architecture qualifiers', () => {
    expect(
      parseRelations('libc6 (>= 2.41), default-mta | mail-transport-agent, python3:any (<< 3.14)'),
    ).toEqual([
      [{ name: 'libc6', operator: '>=', version: '2.41' }],
      [{ name: 'default-mta' }, { name: 'mail-transport-agent' }],
      [{ name: 'python3', operator: '<<', version: '3.14' }],
    ]);
    expect(parseRelations(undefined)).toEqual([]);
    expect(parseRelations(' ')).toEqual([]);
  });

  it.each([
    ['1.0', '<<', '1.0', false],
    ['1.0', '<=', '1.0', true],
    ['1.0', '=', '1.0', true],
    ['1.1', '=', '1.0', false],
    ['1.0', '>=', '1.0', true],
    ['1.0', '>>', '1.0', false],
    ['1.0-1', '>>', '1.0', true],
  ] as const)('%s %s %s is %s', (version, operator, wanted, holds) => {
    expect(satisfies(version, { name: 'x', operator, version: wanted })).toBe(holds);
  });
});
