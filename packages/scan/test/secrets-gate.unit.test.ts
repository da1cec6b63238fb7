import { expect, it } from 'vitest';
import type { Digest } from '@image-tooling/model';
import { bringerOf, secretFindings, secretsOfConfig } from '../src/index';
import { random } from './samples';
import { policyOf, scanned, subjectWith, verdicts } from './subjects';

const TOKEN = `ghp_${random(36)}`;

const found = (...env: string[]) => {
  const config = secretsOfConfig({ env }).map((hit) => ({ ...hit, owner: 'k8s' }));
  const bringer = (layer?: Digest, owner?: string) => bringerOf(subjectWith([]), layer, owner);
  return { secrets: secretFindings({ layers: [], config }, bringer) };
};

const ignoring = (id: string, expires: string, component?: string) => ({
  policy: policyOf({
    ignore: [{ id, reason: 'A test', owner: 'team', expires, ...(component !== undefined && { component }) }],
  }),
});

it('a secret fails a scan', () => {
  const report = scanned(found(`A=${TOKEN}`));
  expect(verdicts(report)).toEqual(['github-token failing']);
  expect(report.passed).toBe(false);
  expect(report.findings[0]).toMatchObject({ file: 'images/k8s/image.json', owner: 'k8s', place: 'ENV A' });
  expect(JSON.stringify(report)).not.toContain(TOKEN.slice(0, 8));
});

it('a secret is ignored by its fingerprint, and another one is not', () => {
  const secrets = found(`A=${TOKEN}`, `B=ghp_${random(36)}`);
  const [id = ''] = scanned(secrets).findings.find(({ place }) => place === 'ENV A')?.aliases ?? [];
  const report = scanned({ ...secrets, ...ignoring(id, '2027-01-31') });
  expect(report.findings.map(({ place, status }) => [place, status])).toEqual(
    expect.arrayContaining([
      ['ENV A', 'ignored'],
      ['ENV B', 'failing'],
    ]),
  );
});

it('a secret is ignored by its place, until the ignore expires', () => {
  const secrets = found('DB_PASSWORD=s8d7f6g5');
  const verdict = (expires: string, component: string) =>
    verdicts(scanned({ ...secrets, ...ignoring('secret-variable', expires, component) }));
  expect(verdict('2027-01-31', 'ENV DB_PASSWORD')).toEqual(['secret-variable ignored']);
  expect(verdict('2027-01-31', 'ENV OTHER')).toEqual(['secret-variable failing']);
  expect(verdict('2026-01-31', 'ENV DB_PASSWORD')).toEqual(['secret-variable expired']);
});
