import { expect, it } from 'vitest';
import {
  newestScan,
  PREDICATES,
  summaryOf,
  vulnerabilityScan,
  withoutOlderScans,
  type ScannedFinding,
} from '../src';

const FINDING: ScannedFinding = {
  ...{ kind: 'vulnerability', id: 'GO-2026-0001', aliases: ['CVE-2026-0001'], severity: 'unknown' },
  ...{ status: 'failing', component: 'golang.org/x/net', version: 'v0.40.0', fixedIn: 'v0.50.0' },
  ...{ purls: ['pkg:golang/golang.org/x/net@v0.40.0'], layer: `sha256:${'1'.repeat(64)}` },
};

const scanOf = (ended: number, findings: readonly ScannedFinding[], time = 1) => {
  const data = { text: 'golang.org/x/vulndb v0.0.1', time };
  const predicate = vulnerabilityScan({ version: '1.0.0', data, began: 0, ended, findings });
  return { predicateType: PREDICATES.scan, predicate };
};

it('a scan result is read back, and equal findings have equal content whatever the data is', () => {
  const scan = newestScan([scanOf(5, [FINDING])]);
  expect(scan).toMatchObject({ ended: 5, findings: [FINDING] });
  expect(newestScan([scanOf(9, [FINDING], 2)])?.content).toEqual(scan?.content);
  expect(newestScan([scanOf(5, [{ ...FINDING, status: 'ignored' }])])?.content).not.toEqual(scan?.content);
});

it('the newest counts, results of other scanners do not, and damaged ones neither', () => {
  const [old, newest] = [scanOf(5, []), scanOf(6, [FINDING])];
  const other = {
    predicateType: PREDICATES.scan,
    predicate: { scanner: { uri: 'pkg:x/trivy', result: [] } },
  };
  const sbom = { predicateType: PREDICATES.cyclonedx, predicate: {} };
  const damaged = [null, {}, { scanner: { uri: 'urn:image-tooling:rescan:1' } }].map((predicate) => ({
    ...{ predicateType: PREDICATES.scan, predicate },
  }));
  expect(newestScan([newest, old, other, ...damaged])?.ended).toBe(6);
  expect(newestScan([sbom, other, ...damaged])).toBeUndefined();
  expect(withoutOlderScans([old, sbom, newest, other])).toEqual([sbom, newest, other]);
  expect([newest, other].flatMap(summaryOf).map(({ text }) => text)).toEqual([
    '1 finding, 1 to fix, since 1970-01-01',
    '0 results of pkg:x/trivy',
  ]);
});
