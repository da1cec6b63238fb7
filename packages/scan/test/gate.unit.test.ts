import { formatFailures, parseScanPolicy, type IgnoreEntry } from '@image-tooling/model';
import { codesOf, failuresOf } from '@image-tooling/testkit/helpers';
import { describe, expect, it } from 'vitest';
import { OsvDatabase, scan } from '../src';
import {
  BASE,
  dataOf,
  deb,
  debianData,
  goData,
  goModule,
  INPUT,
  K8S,
  only,
  osv,
  policyOf,
  scanned,
  secretIn,
  subjectWith,
  TOOL,
  verdicts,
} from './subjects';

const VULNERABLE = { subject: subjectWith([TOOL, goModule()]), data: dataOf({ go: goData(osv()) }) };

function ignored(more: Partial<IgnoreEntry> = {}, own: IgnoreEntry[] = []) {
  const entry = {
    id: 'GO-2026-0001',
    reason: 'we parse no HTML',
    owner: 'platform team',
    expires: '2026-12-31',
    ...more,
  };
  return scanned({ ...VULNERABLE, policy: policyOf({ ignore: [entry] }, { ignore: own }) });
}

describe('severities', () => {
  it('that the policy does not fail on are reported only', () => {
    const report = scanned({ ...VULNERABLE, policy: policyOf({ fail: ['critical'] }) });
    expect([report.passed, verdicts(report)]).toEqual([true, ['GO-2026-0001 accepted']]);
  });

  it('of an image replace those of the workspace', () => {
    const policy = policyOf({ fail: ['critical'], database: 'registries' }, { fail: ['unknown'] });
    expect(scanned({ ...VULNERABLE, policy }).passed).toBe(false);
  });
});

describe('an ignore', () => {
  it.each([
    ['by id', {}],
    ['by alias', { id: 'CVE-2026-0001' }],
    ['of one component', { component: 'golang.org/x/net' }],
    ['of one program', { component: 'usr/local/bin/yq' }],
    ['until today', { expires: '2026-11-28' }],
  ])('%s counts', (_, entry) => {
    const report = ignored(entry);
    expect([report.passed, verdicts(report)]).toEqual([true, ['GO-2026-0001 ignored']]);
  });

  it.each([
    ['of another id', { id: 'GO-2026-0002' }],
    ['of another component', { component: 'golang.org/x/text' }],
  ])('%s does not count', (_, entry) => {
    expect(verdicts(ignored(entry))).toEqual(['GO-2026-0001 failing']);
  });

  it('that has expired fails, and says so with its place', () => {
    const report = ignored({ expires: '2026-11-27' });
    expect([report.passed, verdicts(report)]).toEqual([false, ['GO-2026-0001 expired']]);
    expect(only(report.findings).ignore).toMatchObject({
      owner: 'platform team',
      place: { file: 'scan.json', line: 7 },
    });
  });

  it('of the image that is renewed counts, although the workspace’s has expired', () => {
    const renewed = { id: 'CVE-2026-0001', reason: 'still', owner: 'team', expires: '2027-01-31' };
    expect(verdicts(ignored({ expires: '2026-11-27' }, [renewed]))).toEqual(['GO-2026-0001 ignored']);
  });

  it('of a secret counts as well', () => {
    const ignore = [
      { id: 'private-key', component: 'ENV', reason: 'a test key', owner: 'team', expires: '2027-01-31' },
    ];
    const report = scanned({ secrets: [secretIn('ENV'), secretIn('history')], policy: policyOf({ ignore }) });
    expect(verdicts(report)).toEqual(['private-key failing', 'private-key ignored']);
  });
});

describe('what a parent brings', () => {
  it('is counted, and fails the parent only', () => {
    const chain = [
      { ...BASE, tools: K8S.tools },
      { ...K8S, tools: [] },
    ] as const;
    const subject = { ...VULNERABLE.subject, chain: [...chain] as [typeof BASE, typeof K8S] };
    const child = scanned({ ...VULNERABLE, subject });
    expect([child.passed, verdicts(child)]).toEqual([true, ['GO-2026-0001 inherited']]);
    expect(only(child.findings)).toMatchObject({ inheritedFrom: 'base', owner: 'yq' });
  });
});

describe('data', () => {
  const withGo = (more: object) => ({ ...VULNERABLE, data: dataOf({ go: { ...goData(osv()), ...more } }) });
  const withDeb = (debian = debianData()) => ({ subject: subjectWith([deb()]), data: dataOf({ debian }) });

  it.each([
    ['of Go that is cut off', withGo({ database: OsvDatabase.of([]) })],
    ['without a source package of the image', withDeb({ ...debianData(), sources: {} })],
    ['without the release of the image', { ...withDeb(), data: { go: goData(), debian: {} } }],
    [
      'for packages of an unknown release',
      { ...withDeb(), subject: subjectWith([deb()], { debian: undefined }) },
    ],
  ])('%s is no scan', (_, input) => {
    expect(codesOf(scan({ ...INPUT, ...input }))).toEqual(['scan-invalid']);
  });

  it.each([
    ['of Go with entries', withGo({})],
    ['of Debian that has all source packages', withDeb()],
    [
      'of Debian whose archive no longer has the rest',
      withDeb({ ...debianData(), sources: {}, gone: ['openssl'] }),
    ],
    ['that an image without packages and modules does not need', { data: { go: goData(), debian: {} } }],
  ])('%s is one', (_, input) => {
    expect(scan({ ...INPUT, ...input }).ok).toBe(true);
  });

  it('that is missing tells what to run', () => {
    const failures = failuresOf(scan({ ...INPUT, ...withDeb({ ...debianData(), sources: {} }) }));
    expect(formatFailures(failures)).toMatchInlineSnapshot(`
      "error: k8s can't be scanned: there is no data of 1 source package: openssl. (scan-invalid)
        help: Run: npx image-tooling scan-lock"
    `);
  });

  it('that the workspace says it does not have is reported as such, and never as no findings', () => {
    const report = scanned({ ...VULNERABLE, data: undefined, policy: policyOf({ database: 'none' }) });
    expect(report).toMatchObject({ passed: true, data: { database: 'none' }, findings: [] });
  });

  it('tells that packages of another distribution than Debian are not covered', () => {
    const subject = subjectWith([]);
    const layers = subject.inventory.layers.map((layer) => ({ ...layer, kind: 'base' as const }));
    const inventory = { ...subject.inventory, layers, os: { id: 'alpine' } };
    expect(scanned({ subject: { ...subject, inventory } }).notCovered).toEqual([
      'packages of the base image (alpine)',
    ]);
  });

  it.each(['release', 'deb'] as const)('tells that programs from source "%s" are not covered', (source) => {
    expect(scanned({ subject: subjectWith([{ ...TOOL, source }]) }).notCovered).toEqual(['programs of yq']);
  });

  it('tells what it does not cover', () => {
    const npm = {
      kind: 'npm',
      name: 'left-pad',
      version: '1.3.0',
      tool: 'other',
      layer: TOOL.layer,
    } as const;
    const opaque = { ...TOOL, name: 'cli', source: 'release' } as const;
    expect(scanned({ subject: subjectWith([TOOL, goModule(), npm, opaque]) }).notCovered).toEqual([
      'packages of npm',
      'programs of cli',
    ]);
  });
});

describe('scan.json', () => {
  it('reports every mistake with its place', () => {
    const text = JSON.stringify(
      {
        database: 'nvd',
        maxAge: '2 weeks',
        fail: ['sever'],
        ignores: [],
        ignore: [{ id: 'CVE-1', reason: 'because', expires: '2026-02-30' }],
      },
      undefined,
      2,
    );
    expect(formatFailures(failuresOf(parseScanPolicy('scan.json', text)))).toMatchInlineSnapshot(`
      "error: "database": expected "registries", "none", or an object with "scanner", "image", "mirror". (schema)
        scan.json:2:15
          1 | {
          2 |   "database": "nvd",
            |               ^^^^^ expected "registries", "none", or an object with "scanner", "image", "mirror"

      error: "maxAge": expected a number of days ("14d"). (schema)
        scan.json:3:13
          2 |   "database": "nvd",
          3 |   "maxAge": "2 weeks",
            |             ^^^^^^^^^ expected a number of days ("14d")

      error: "fail[0]": expected "critical" or "high" or "medium" or "low" or "unknown". (schema)
        scan.json:5:5
          4 |   "fail": [
          5 |     "sever"
            |     ^^^^^^^ expected "critical" or "high" or "medium" or "low" or "unknown"

      error: Unknown key "ignores". (schema)
        scan.json:7:3
          6 |   ],
          7 |   "ignores": [],
            |   ^^^^^^^^^ unknown key; did you mean "ignore"?
        help: Write "ignore", or remove it.

      error: The key "owner" is missing in "ignore[0]". (schema)
        scan.json:9:5
          8 |   "ignore": [
          9 |     {
            |     ^ "owner" is missing
        help: Add "owner": the people who decide, also when it expires ("platform team").

      error: "ignore[0].expires": not a day ("2027-01-31"). (schema)
        scan.json:12:18
          11 |       "reason": "because",
          12 |       "expires": "2026-02-30"
             |                  ^^^^^^^^^^^^ not a day ("2027-01-31")

      6 errors in one file"
    `);
  });
});
