import type { Component, NpmPackage } from '@image-tooling/model';
import { codesOf, failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { describe, expect, it } from 'vitest';
import { canariesOf, checkedMatches, type ScannerMatch, type ScannerResult } from '../src';
import {
  dataOf,
  deb,
  debianData,
  digest,
  goData,
  goModule,
  osv,
  scanned,
  subjectWith,
  TOOL,
  TOOL_LAYER,
} from './subjects';

const npm = (more: Partial<NpmPackage> = {}): NpmPackage => ({
  ...{ kind: 'npm', name: 'lodash', version: '4.17.20', tool: 'yq', layer: TOOL_LAYER },
  ...more,
});

const PURLS = { deb: 'pkg:deb/libssl3t64@3.5.1-1', go: 'pkg:go/golang.org/x/net@v0.40.0' };

const match = (more: Partial<ScannerMatch>): ScannerMatch => ({
  ...{ purl: PURLS.go, id: 'CVE-2026-5555', aliases: [], severity: 'high', title: 'A flaw' },
  fixedIn: ['0.50.0'],
  ...more,
});

const result = (...matches: ScannerMatch[]): ScannerResult => ({
  matches,
  used: { name: 'trivy', version: '0.66.0', digest: digest('d'), time: 0 },
});

describe('a scanner', () => {
  const components: readonly Component[] = [deb(), goModule(), TOOL];
  const subject = subjectWith(components);
  const canaries = [...canariesOf(subject.inventory).values()].flat();
  const all = [...components, ...canaries].flatMap((one) => subject.purlOf(one) ?? []);
  const known = canaries.map((one) => match({ purl: subject.purlOf(one) ?? '', id: 'CVE-2016-0001' }));
  const answered = (read: readonly string[], matches: readonly ScannerMatch[]) =>
    checkedMatches('Trivy', subject, { version: '0', read: new Set(read), matches });

  it('that read all packages and knows their kinds is believed, without what was planted', () => {
    expect(valueOf(answered(all, [...known, match({})]))).toEqual([match({})]);
  });

  it('that found nothing, and did not read the SBOM, is refused', () => {
    const found = answered([], []);
    expect(codesOf(found)).toEqual(['scan-invalid']);
    expect(failuresOf(found)[0].message).toBe(
      `Trivy did not read 2 packages of k8s, so it says nothing of them: ${PURLS.deb}, ${PURLS.go}.`,
    );
  });

  it('that did not read one package is refused', () => {
    const found = answered(
      all.filter((purl) => purl !== PURLS.deb),
      known,
    );
    expect(failuresOf(found)[0].message).toContain(`did not read 1 package of k8s`);
  });

  it('whose database knows nothing of a kind of package is refused', () => {
    const found = answered(
      all,
      known.filter(({ purl }) => !purl.startsWith('pkg:deb/')),
    );
    expect(codesOf(found)).toEqual(['scan-invalid']);
    expect(failuresOf(found)[0].message).toContain('Trivy has no data of Debian packages');
  });

  it('needs no data of kinds that the image does not have', () => {
    expect([...canariesOf(subjectWith([goModule()]).inventory).keys()]).toEqual(['go']);
    expect(canariesOf(subjectWith([TOOL]).inventory).size).toBe(0);
  });
});

describe('what a scanner found', () => {
  const report = (components: readonly Component[], ...matches: ScannerMatch[]) =>
    scanned({ subject: subjectWith(components), scanner: result(...matches) });

  it('in a module of a compiled tool is fixed by raising it, to the nearest version', () => {
    const [finding] = report([TOOL, goModule()], match({ fixedIn: ['0.39.9', '0.50.0', '0.60.0'] })).findings;
    expect(finding).toMatchObject({
      ...{ id: 'CVE-2026-5555', severity: 'high', status: 'failing', owner: 'yq', fixedIn: 'v0.50.0' },
      command: 'npx nx run yq:lock --raise golang.org/x/net@v0.50.0',
    });
  });

  it('in packages of one source is one finding, fixed by a lock', () => {
    const other = deb({ name: 'openssl' });
    const found = report(
      [deb(), other],
      match({ purl: PURLS.deb, id: 'CVE-2026-1111', fixedIn: ['3.5.2-1'] }),
      match({ purl: 'pkg:deb/openssl@3.5.1-1', id: 'CVE-2026-1111', fixedIn: ['3.5.2-1'] }),
    ).findings;
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      ...{ place: 'libssl3t64, openssl', fixedIn: '3.5.2-1', command: 'npx nx run k8s:lock --family' },
      component: { name: 'openssl', purls: [PURLS.deb, 'pkg:deb/openssl@3.5.1-1'] },
    });
  });

  it('without a fix is reported, and does not fail', () => {
    const found = report([deb()], match({ purl: PURLS.deb, fixedIn: [] }));
    expect([found.passed, found.findings[0]?.status]).toEqual([true, 'not-fixable']);
  });

  it('in a package of npm is found, and named as looked up', () => {
    const found = report([TOOL, npm()], match({ purl: 'pkg:npm/lodash@4.17.20', fixedIn: ['4.17.21'] }));
    expect(found.findings[0]).toMatchObject({ id: 'CVE-2026-5555', fixedIn: '4.17.21', owner: 'yq' });
    expect(found.notCovered).not.toContain('packages of npm');
    expect(found.data).toMatchObject({ scanner: { name: 'trivy', version: '0.66.0' } });
  });

  it('in the package of npm that a tool is of is fixed by a newer version of the tool', () => {
    const tool = { name: 'yq', file: 'tools/yq/tool.json', source: 'npm', npmPackage: 'lodash' } as const;
    const chain = [{ name: 'k8s', file: 'images/k8s/image.json', setuid: [], tools: [tool] }] as const;
    const found = scanned({
      subject: subjectWith([TOOL, npm()], { chain: [...chain] }),
      scanner: result(match({ purl: 'pkg:npm/lodash@4.17.20', fixedIn: ['4.17.21'] })),
    });
    expect(found.findings[0]).toMatchObject({
      ...{ status: 'failing', command: 'npx nx run yq:lock --set-version 4.17.21' },
    });
  });

  it('in a package that the npm package of a tool bundles is fixed by raising it', () => {
    const tool = { name: 'yq', file: 'tools/yq/tool.json', source: 'npm', npmPackage: 'other' } as const;
    const chain = [{ name: 'k8s', file: 'images/k8s/image.json', setuid: [], tools: [tool] }] as const;
    const found = scanned({
      subject: subjectWith([TOOL, npm()], { chain: [...chain] }),
      scanner: result(match({ purl: 'pkg:npm/lodash@4.17.20', fixedIn: ['4.17.21'] })),
    });
    expect(found.findings[0]).toMatchObject({
      ...{ status: 'failing', command: 'npx nx run yq:lock --raise lodash@4.17.21' },
    });
  });

  it('that registries name as well is one finding, with both ids and the scanner’s severity', () => {
    const entry = osv({ aliases: ['CVE-2026-5555'] });
    const found = scanned({
      subject: subjectWith([TOOL, goModule()]),
      data: dataOf({ go: goData(entry) }),
      scanner: result(match({ severity: 'low' })),
    });
    expect(
      found.findings.map(({ id, aliases, severity, status }) => [id, aliases, severity, status]),
    ).toEqual([[entry.id, ['CVE-2026-5555'], 'low', 'accepted']]);
  });

  it('in functions that are not in the program is not affected, as Go’s database says', () => {
    const entry = osv({ aliases: ['CVE-2026-5555'] });
    const found = scanned({
      subject: subjectWith([TOOL, goModule()]),
      symbols: { 'usr/local/bin/yq': { main: ['main'] } },
      data: dataOf({ go: goData(entry) }),
      scanner: result(match({ severity: 'critical' }), match({ id: 'CVE-2026-6666' })),
    });
    expect(found.findings.map(({ id, status }) => [id, status])).toEqual([
      ['CVE-2026-6666', 'failing'],
      [entry.id, 'not-affected'],
    ]);
  });

  it('in a Debian package has the words of the scanner', () => {
    const fixes = { openssl: { newest: '3.5.2-1', security: true, fixes: { 'CVE-2026-1111': '3.5.2-1' } } };
    const found = scanned({
      subject: subjectWith([deb()]),
      data: dataOf({ debian: debianData(fixes) }),
      scanner: result(
        match({ purl: PURLS.deb, id: 'CVE-2026-1111', title: 'openssl: overflow', fixedIn: [] }),
      ),
    });
    expect(found.findings.map(({ id, title, fixedIn, severity }) => [id, title, fixedIn, severity])).toEqual([
      ['CVE-2026-1111', 'openssl: overflow', '3.5.2-1', 'high'],
    ]);
  });
});
