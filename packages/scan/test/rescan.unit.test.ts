import { describe, expect, it } from 'vitest';
import {
  changesSince,
  comparable,
  openVex,
  rescan,
  rescanTable,
  vexVerdicts,
  type RescanInput,
  type RescanReport,
} from '../src';
import { failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import {
  BASE,
  BASE_LAYER,
  dataOf,
  deb,
  debianData,
  goData,
  goModule,
  K8S,
  NOW,
  osv,
  policyOf as policyIn,
  scanned,
  subjectWith,
  TOOL,
  verdicts,
} from './subjects';

const POLICY = policyIn();
const OPENSSL = debianData({
  openssl: { newest: '3.5.1-2', security: true, fixes: { 'CVE-2026-1': '3.5.1-2' } },
});

const input = (
  components: Parameters<typeof subjectWith>[0],
  more: Partial<RescanInput> = {},
): RescanInput => ({
  ...subjectWith(components),
  policyOf: () => POLICY,
  data: dataOf({ go: goData(osv()), debian: OPENSSL }),
  notAffected: vexVerdicts([]),
  now: NOW,
  ...more,
});

const statuses = ({ findings }: RescanReport) => findings.map(({ id, status }) => `${id} ${status}`);

describe('a re-scan', () => {
  it('judges what the parent brings, by the rules of the parent', () => {
    const inherited = deb({ layer: BASE_LAYER });
    expect(statuses(valueOf(rescan(input([inherited]))))).toEqual(['CVE-2026-1 failing']);
    const lenient = { ...POLICY, fail: [] };
    const policyOf = (image: string) => (image === BASE.name ? lenient : POLICY);
    expect(statuses(valueOf(rescan(input([inherited], { policyOf }))))).toEqual(['CVE-2026-1 accepted']);
    expect(statuses(valueOf(rescan(input([deb()], { policyOf }))))).toEqual(['CVE-2026-1 failing']);
  });

  it('takes from the newest signed VEX which functions are not there, and nothing from its ignores', () => {
    const components = [TOOL, goModule()];
    expect(statuses(valueOf(rescan(input(components))))).toEqual(['GO-2026-0001 failing']);
    const absent = scanned({
      subject: subjectWith(components),
      symbols: { 'usr/local/bin/yq': { main: ['main'] } },
      data: dataOf({ go: goData(osv()) }),
    });
    expect(verdicts(absent)).toEqual(['GO-2026-0001 not-affected']);
    const about = { product: 'pkg:oci/k8s', author: 'tests' };
    const old = openVex(absent, { ...about, time: NOW - 10 });
    const notAffected = vexVerdicts([old, 'damaged']);
    expect(statuses(valueOf(rescan(input(components, { notAffected }))))).toEqual([
      'GO-2026-0001 not-affected',
    ]);
    const newer = openVex(
      { ...absent, findings: absent.findings.map((one) => ({ ...one, id: 'GO-2026-0002' })) },
      { ...about, time: NOW },
    );
    const other = vexVerdicts([old, newer]);
    expect(statuses(valueOf(rescan(input(components, { notAffected: other }))))).toEqual([
      'GO-2026-0001 failing',
    ]);
    const said = JSON.parse(JSON.stringify(old)) as { statements: Record<string, unknown>[] };
    for (const statement of said.statements) statement['impact_statement'] = 'an ignore of then';
    expect(vexVerdicts([said])(absent.findings[0]!)).toBeUndefined();
  });

  it('names packages that no lock has any more, and fails if nothing of the image is known', () => {
    const gone = deb({ name: 'old', source: { name: 'old', version: '1' } });
    const found = valueOf(rescan(input([deb(), gone])));
    expect(found.notCovered).toEqual(['old, which no lock has any more']);
    const failures = failuresOf(rescan(input([gone])));
    expect(failures.map(({ code }) => code)).toEqual(['scan-invalid']);
  });

  it('of a tool that the workspace no longer has has a hint', () => {
    const chain = [BASE, { ...K8S, tools: [] }] as const;
    const { findings } = valueOf(rescan(input([TOOL, goModule()], { chain })));
    expect(findings[0]).toMatchObject({
      status: 'failing',
      advice: 'k8s no longer has yq: publish it again.',
    });
  });
});

describe('what changed', () => {
  const now = valueOf(rescan(input([deb(), TOOL, goModule()])));
  const [first, second] = now.findings.map(comparable);
  const counts = (earlier: Parameters<typeof changesSince>[0]) => {
    const { newlyFailing, stillFailing, noLongerFailing } = changesSince(earlier, now.findings);
    return [newlyFailing.length, stillFailing.length, noLongerFailing.length];
  };

  it('is everything that fails without an earlier result', () => {
    expect(counts(undefined)).toEqual([2, 0, 0]);
    expect(counts([])).toEqual([2, 0, 0]);
  });

  it('is what did not fail before, and what fails no longer', () => {
    expect(counts([first!, second!])).toEqual([0, 2, 0]);
    expect(counts([{ ...first!, status: 'not-fixable' }, second!])).toEqual([1, 1, 0]);
    expect(counts([first!, { ...second!, version: '0' }])).toEqual([1, 1, 1]);
    expect(counts([first!, second!, { ...second!, id: 'x', status: 'ignored' }])).toEqual([0, 2, 0]);
  });

  it('is one row for all images that have it', () => {
    const images = ['1.2.3', 'main'].map((tag) => ({
      ...{ tags: [tag], report: now, since: NOW },
      changes: changesSince([second!], now.findings),
    }));
    expect(rescanTable(images)).toMatchInlineSnapshot(`
      [
        "     in       version  fixed in  image                findings",
        "NEW  openssl  3.5.1-1  3.5.1-2   k8s:1.2.3, k8s:main  CVE-2026-1",
        "",
        "Fix, then publish again (a release: its next version):",
        "  npx nx run k8s:lock --family",
        "  npx nx run yq:lock --raise golang.org/x/net@v0.50.0",
        "",
        "Data: Go's vulnerability database of 2026-11-27, Debian trixie of 2026-11-27",
        "k8s:1.2.3 amd64: FAILED: 1 newly failing, 1 still failing (since 2026-11-28)",
        "k8s:main amd64: FAILED: 1 newly failing, 1 still failing (since 2026-11-28)",
      ]
    `);
  });
});
