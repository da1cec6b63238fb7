import { describe, expect, it } from 'vitest';
import { packagesOf, type LinkedSymbols, type OsvEntry } from '../src';
import {
  dataOf,
  goData,
  goModule,
  K8S,
  BASE,
  NOW,
  only,
  osv,
  scanned,
  subjectWith,
  TOOL,
  verdicts,
} from './subjects';

const SUBJECT = subjectWith([TOOL, goModule()]);

function found(entry: OsvEntry, subject = SUBJECT, symbols: LinkedSymbols = {}) {
  return scanned({ subject, symbols, data: dataOf({ go: goData(entry) }) });
}

function rangesOf(events: readonly object[]): OsvEntry {
  const [affected] = osv().affected;
  return osv({ affected: [{ ...affected!, ranges: [{ type: 'SEMVER', events }] }] });
}

describe('a Go module', () => {
  it('with a vulnerability fails, with the version and the command that fix it', () => {
    const report = found(osv());
    expect(report.passed).toBe(false);
    expect(only(report.findings)).toMatchObject({
      id: 'GO-2026-0001',
      aliases: ['CVE-2026-0001', 'GHSA-xxxx-yyyy-zzzz'],
      severity: 'unknown',
      status: 'failing',
      owner: 'yq',
      file: 'tools/yq/tool.json',
      fixedIn: 'v0.50.0',
      command: 'npx nx run yq:lock --raise golang.org/x/net@v0.50.0',
      component: { purls: ['pkg:go/golang.org/x/net@v0.40.0'] },
    });
  });

  it.each([
    ['is newer than the fix', goModule({ version: 'v0.50.0' }), osv()],
    ['is another module', goModule({ name: 'golang.org/x/text' }), osv()],
    ['has only a withdrawn entry', goModule(), osv({ withdrawn: '2026-01-01T00:00:00Z' })],
    ['is older than the mistake', goModule(), rangesOf([{ introduced: '0.41.0' }, { fixed: '0.50.0' }])],
    [
      'lies between two ranges',
      goModule(),
      rangesOf([{ introduced: '0' }, { fixed: '0.30.0' }, { introduced: '0.45.0' }]),
    ],
  ])('that %s passes', (_, module, entry) => {
    const report = found(entry, subjectWith([TOOL, module]));
    expect(report).toMatchObject({ passed: true, findings: [] });
  });

  it.each([
    ['a pseudo-version', 'v0.0.0-20250101000000-0123456789ab'],
    ['a pre-release of the fix', 'v0.50.0-rc.1'],
    ['a version with +incompatible', 'v0.40.0+incompatible'],
    ['no version that can be compared', '(devel)'],
  ])('with %s is affected', (_, version) => {
    expect(verdicts(found(osv(), subjectWith([TOOL, goModule({ version })])))).toEqual([
      'GO-2026-0001 failing',
    ]);
  });

  it('in the second of two ranges has the fix of that range', () => {
    const entry = rangesOf([
      { introduced: '0' },
      { fixed: '0.30.0' },
      { introduced: '0.35.0' },
      { fixed: '0.41.0' },
    ]);
    expect(only(found(entry).findings)).toMatchObject({ fixedIn: 'v0.41.0' });
  });

  it('without a fixed version is reported, and does not fail', () => {
    const report = found(rangesOf([{ introduced: '0' }]));
    expect([report.passed, verdicts(report)]).toEqual([true, ['GO-2026-0001 not-fixable']]);
  });

  it('that a vendor has compiled is reported without a command', () => {
    const chain = [BASE, { ...K8S, tools: [{ ...K8S.tools[0]!, source: 'release' as const }] }] as const;
    const report = found(osv(), subjectWith([TOOL, goModule()], { chain: [...chain] }));
    expect(verdicts(report)).toEqual(['GO-2026-0001 not-fixable']);
  });

  it('that is the tool itself is fixed by a new version of the tool', () => {
    const affected = [{ ...osv().affected[0]!, package: { ecosystem: 'Go', name: 'example.com/yq' } }];
    const report = found(osv({ affected }), subjectWith([TOOL, goModule({ name: 'example.com/yq' })]));
    expect(only(report.findings).command).toBe('npx nx run yq:lock --set-version 0.50.0');
  });

  it('that two programs of a tool have is reported once', () => {
    const other = goModule({ program: 'usr/local/bin/other' });
    const symbols = { 'usr/local/bin/yq': { main: ['main'] } };
    const report = found(osv(), subjectWith([TOOL, goModule(), other]), symbols);
    expect(verdicts(report)).toEqual(['GO-2026-0001 failing']);
  });
});

describe("Go's standard library", () => {
  const entry = osv({
    affected: [
      {
        package: { ecosystem: 'Go', name: 'stdlib' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '1.26.0-0' }, { fixed: '1.26.9' }] }],
      },
    ],
  });
  const stdlib = (version: string) => subjectWith([TOOL, goModule({ name: 'stdlib', version })]);

  it.each(['1.26.8', '1.26', '1.26rc1', 'go1.26.8', '1.26.8 X:jsonv2'])('%s is affected', (version) => {
    expect(only(found(entry, stdlib(version)).findings)).toMatchObject({
      fixedIn: '1.26.9',
      command: 'npx nx run yq:lock --raise go@1.26.9',
    });
  });

  it.each(['1.26.9', '1.27', '1.25.12'])('%s is not', (version) => {
    expect(found(entry, stdlib(version)).findings).toEqual([]);
  });
});

describe('symbols of a program', () => {
  const linked = (path: string, ...names: string[]) => ({ 'usr/local/bin/yq': { [path]: names } });
  const onlyOn = (key: 'goos' | 'goarch', value: string): OsvEntry => {
    const imports = [{ path: 'golang.org/x/net/html', [key]: [value], symbols: ['Parse'] }];
    return osv({ affected: [{ ...osv().affected[0]!, ecosystem_specific: { imports } }] });
  };

  it.each([
    ['the vulnerable function', osv(), 'Parse'],
    ['a vulnerable method', osv({}, ['Tokenizer.Next']), 'Tokenizer.Next'],
    ['any function, if the entry names none', osv({}, []), 'Escape'],
    ['it, on this platform', onlyOn('goarch', 'amd64'), 'Parse'],
  ])('with %s: affected', (_, entry, name) => {
    expect(verdicts(found(entry, SUBJECT, linked('golang.org/x/net/html', name)))).toEqual([
      'GO-2026-0001 failing',
    ]);
  });

  it.each([
    ['another function of the package', osv(), 'Escape'],
    ['another package of the module', osv({}, []), 'Parse', 'golang.org/x/net/html/atom'],
    ['it, on another system', onlyOn('goos', 'windows'), 'Parse'],
    ['it, on another processor', onlyOn('goarch', 'arm64'), 'Parse'],
  ])('with %s: not affected', (_, entry, name, path = 'golang.org/x/net/html') => {
    const report = found(entry, SUBJECT, linked(path, name));
    expect([report.passed, verdicts(report)]).toEqual([true, ['GO-2026-0001 not-affected']]);
    expect(only(report.findings).notAffected).toBe('vulnerable_code_not_present');
  });

  it('have the program’s own package as "main", whatever the entry calls it', () => {
    const imports = [{ path: 'example.com/yq/cmd/yq', symbols: ['run'] }];
    const affected = [
      {
        ...osv().affected[0]!,
        package: { ecosystem: 'Go', name: 'example.com/yq' },
        ecosystem_specific: { imports },
      },
    ];
    const subject = subjectWith([TOOL, goModule({ name: 'example.com/yq' })]);
    const main = (name: string) => found(osv({ affected }), subject, linked('main', name));
    expect(verdicts(main('run'))).toEqual(['GO-2026-0001 failing']);
    expect(verdicts(main('walk'))).toEqual(['GO-2026-0001 not-affected']);
  });

  it('are asked of the packages that entries name, and of the program’s own', () => {
    const other = { path: 'example.com/yq/cmd/yq' };
    const imports = [...(osv().affected[0]!.ecosystem_specific?.imports ?? []), other];
    const entry = osv({ affected: [{ ...osv().affected[0]!, ecosystem_specific: { imports } }] });
    expect([...packagesOf([entry, osv()])].sort()).toEqual([
      'example.com/yq/cmd/yq',
      'golang.org/x/net/html',
      'main',
    ]);
  });

  it('of 20 known vulnerabilities leave the 5 whose functions are linked', () => {
    const entries = Array.from({ length: 20 }, (_, index) =>
      osv({ id: `GO-2026-${1000 + index}` }, [`F${index}`]),
    );
    const names = [0, 4, 8, 12, 16].map((index) => `F${index}`);
    const report = scanned({
      subject: SUBJECT,
      symbols: linked('golang.org/x/net/html', ...names),
      data: dataOf({ go: goData(...entries) }),
      now: NOW,
    });
    expect(report.counts).toMatchObject({ failing: 5, 'not-affected': 15 });
  });
});
