import { expect, it } from 'vitest';
import { OsvDatabase, type OsvEntry } from '../src';
import { osv } from './subjects';

const NET = { ecosystem: 'Go', name: 'golang.org/x/net' };
const about = (ecosystem: string, name: string): OsvEntry['affected'][number] => ({
  package: { ecosystem, name },
});

it('returns the entries about a package, each with what it says of this package alone', () => {
  const [ofNet] = osv().affected;
  const both = osv({ id: 'GO-2', affected: [about('Go', 'other'), ofNet!, about('npm', NET.name)] });
  const database = OsvDatabase.of([osv(), both, osv({ id: 'GO-3', affected: [about('Go', 'other')] })]);
  expect(database.entriesOf(NET)).toEqual([osv(), { ...both, affected: [ofNet] }]);
  expect(database.entriesOf({ ecosystem: 'npm', name: NET.name }).map(({ id }) => id)).toEqual(['GO-2']);
  expect(database.entriesOf({ ecosystem: 'Go', name: 'other' }).map(({ id }) => id)).toEqual([
    'GO-2',
    'GO-3',
  ]);
  expect(database.entriesOf({ ecosystem: 'Go', name: 'golang.org/x' })).toEqual([]);
});

it('has no withdrawn entries', () => {
  const database = OsvDatabase.of([osv({ withdrawn: '2026-01-01T00:00:00Z' })]);
  expect([database.isEmpty, database.entriesOf(NET)]).toEqual([true, []]);
});

it('knows its ecosystems', () => {
  const database = OsvDatabase.of([osv(), osv({ affected: [about('npm', 'left-pad')] })]);
  const known = ['Go', 'npm', 'G', 'PyPI'].filter((one) => database.hasEcosystem(one));
  expect(known).toEqual(['Go', 'npm']);
});

it('is the same after it was written and read, whatever characters names have', () => {
  const names = ['a\tb', 'c\nd', 'e"f', '\u2028', 'é'];
  const written = OsvDatabase.of(names.map((name) => osv({ summary: name, affected: [about('Go', name)] })));
  const read = new OsvDatabase(written.bytes);
  for (const name of names)
    expect(read.entriesOf({ ecosystem: 'Go', name }).map(({ summary }) => summary)).toEqual([name]);
  expect(read.digest).toBe(written.digest);
});

it('has another digest with another entry', () =>
  expect(OsvDatabase.of([osv()]).digest).not.toBe(OsvDatabase.of([osv({ aliases: [] })]).digest));
