import { describe, expect, it } from 'vitest';
import {
  comparedModules,
  entriesAbout,
  matchesOf,
  matchesOfRecord,
  OsvDatabase,
  recordOfMatches,
  type Compared,
} from '../src';
import { goModule, K8S, osv, subjectWith, TOOL, TOOL_LAYER } from './subjects';

const SUBJECT = subjectWith([TOOL, goModule({ name: 'stdlib', version: '1.26.1' }), goModule()]);
const DATABASE = OsvDatabase.of([osv(), osv({ id: 'GO-2026-0002', aliases: ['B', 'A'] }, ['Escape'])]);
const COMPARED: Compared = {
  modules: comparedModules(SUBJECT, TOOL_LAYER),
  platform: 'linux/amd64',
  database: DATABASE,
  symbolsVersion: 1,
};
const MATCHES = matchesOf(COMPARED.modules, entriesAbout(COMPARED.modules, DATABASE), {
  platform: 'linux/amd64',
  symbols: { 'usr/local/bin/yq': { 'golang.org/x/net/html': ['Parse'] } },
});
const RECORD = recordOfMatches(COMPARED, MATCHES);

/** As it is read from a file. */
const read = (record: unknown, compared = COMPARED) =>
  matchesOfRecord(JSON.parse(JSON.stringify(record)), compared);

describe('matches that are kept', () => {
  it('are of this form: if they change, raise MATCHES_VERSION, or results of before are believed', () => {
    const common = { module: 1, title: osv().summary, fixedIn: '0.50.0' };
    expect(RECORD).toEqual({
      compared: 'sha256:24926c3c50a33965fc577b0886dc4ddfff3be8fcf8a289c73fb9db2fd0e669f0',
      matches: [
        { ...common, id: 'GO-2026-0001', aliases: ['CVE-2026-0001', 'GHSA-xxxx-yyyy-zzzz'] },
        { ...common, id: 'GO-2026-0002', aliases: ['A', 'B'], isAbsent: true },
      ],
    });
  });

  it('are those that were compared', () => expect(read(RECORD)).toEqual(MATCHES));

  it.each<[string, Partial<Compared>]>([
    ['another version of a module', { modules: comparedModules(subjectWith([goModule()]), TOOL_LAYER) }],
    [
      'another main module',
      {
        modules: comparedModules(
          { ...SUBJECT, chain: [{ ...K8S, tools: [{ ...K8S.tools[0]!, goModule: 'golang.org/x/net' }] }] },
          TOOL_LAYER,
        ),
      },
    ],
    [
      'another version of the tool',
      {
        modules: comparedModules(
          subjectWith([{ ...TOOL, version: '0.40.0' }, ...SUBJECT.inventory.components.slice(1)]),
          TOOL_LAYER,
        ),
      },
    ],
    ['another platform', { platform: 'linux/arm64' }],
    ['another database', { database: OsvDatabase.of([osv()]) }],
    ['another reader of functions', { symbolsVersion: 2 }],
  ])('do not count with %s', (_, other) => expect(read(RECORD, { ...COMPARED, ...other })).toBeUndefined());

  const [first] = MATCHES;
  it.each<[string, unknown]>([
    ['is no object', 'damaged'],
    ['is null', null],
    ['has no matches', { compared: RECORD.compared }],
    ['has matches of another form', { ...RECORD, matches: { 0: first } }],
    ['has a match of a module that is not there', { ...RECORD, matches: [{ ...first, module: 2 }] }],
    ['has a match of no module', { ...RECORD, matches: [{ ...first, module: 'length' }] }],
    ['has a match without an id', { ...RECORD, matches: [{ ...first, id: undefined }] }],
    ['has a match without a title', { ...RECORD, matches: [{ ...first, title: 1 }] }],
    ['has a match with other aliases', { ...RECORD, matches: [{ ...first, aliases: [1] }] }],
    ['has a match with another fix', { ...RECORD, matches: [{ ...first, fixedIn: null }] }],
    ['has a match with another verdict', { ...RECORD, matches: [{ ...first, isAbsent: 'no' }] }],
    ['has a match that is null', { ...RECORD, matches: [null] }],
  ])('do not count if the record %s', (_, record) => expect(read(record)).toBeUndefined());
});
