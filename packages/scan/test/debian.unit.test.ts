import { describe, expect, it } from 'vitest';
import type { DebianFixes } from '../src';
import { BASE_LAYER, dataOf, deb, debianData, NOW, only, scanned, subjectWith, verdicts } from './subjects';

function found(fixes: Readonly<Record<string, string>>, more: Partial<DebianFixes['sources'][string]> = {}) {
  const openssl = { newest: '3.5.1-1+deb13u2', security: true, fixes, ...more };
  return scanned({ subject: subjectWith([deb()]), data: dataOf({ debian: debianData({ openssl }) }) });
}

describe('a Debian package', () => {
  it('that is older than the version that fixed a CVE fails, with the command that fixes it', () => {
    const report = found({ 'CVE-2026-1111': '3.5.1-1+deb13u1' });
    expect(report.passed).toBe(false);
    expect(only(report.findings)).toMatchObject({
      id: 'CVE-2026-1111',
      severity: 'unknown',
      status: 'failing',
      owner: 'k8s',
      fixedIn: '3.5.1-1+deb13u1',
      command: 'npx nx run k8s:lock --family',
      place: 'libssl3t64',
      component: { name: 'openssl', version: '3.5.1-1' },
    });
  });

  it('of which the archive has no newer version passes', () => {
    const report = found({ 'CVE-2026-1111': '3.5.1-1', 'CVE-2025-1': '3.4.0-1' }, { newest: '3.5.1-1' });
    expect(report).toMatchObject({ passed: true, findings: [] });
  });

  it('with a newer version in the security suite fails, even if its changelog names no CVE', () => {
    expect(verdicts(found({}))).toEqual(['debian-security-update failing']);
  });

  it('with a newer version of a point release passes', () => {
    expect(found({}, { security: false })).toMatchObject({ passed: true, findings: [] });
  });

  it('of one source is reported once for all packages of it', () => {
    const openssl = { newest: '2', security: true, fixes: { 'CVE-2026-1111': '3.5.1-2' } };
    const subject = subjectWith([deb(), deb({ name: 'openssl' })]);
    const report = scanned({ subject, data: dataOf({ debian: debianData({ openssl }) }) });
    expect(only(report.findings).place).toBe('libssl3t64, openssl');
  });

  it('of the parent is counted, and is the parent’s to fix', () => {
    const openssl = { newest: '2', security: true, fixes: { 'CVE-2026-1111': '3.5.1-2' } };
    const subject = subjectWith([deb({ layer: BASE_LAYER })]);
    const report = scanned({ subject, data: dataOf({ debian: debianData({ openssl }) }) });
    expect([report.passed, verdicts(report)]).toEqual([true, ['CVE-2026-1111 inherited']]);
    expect(only(report.findings)).toMatchObject({
      inheritedFrom: 'base',
      command: 'npx nx run base:lock --family',
    });
  });

  it('of an image of a registry is reported without a command', () => {
    const openssl = { newest: '2', security: true, fixes: { 'CVE-2026-1111': '3.5.1-2' } };
    const subject = subjectWith([deb()]);
    const layers = subject.inventory.layers.map((layer) => ({ ...layer, kind: 'base' as const }));
    const report = scanned({
      subject: { ...subject, inventory: { ...subject.inventory, layers } },
      data: dataOf({ debian: debianData({ openssl }) }),
    });
    expect(verdicts(report)).toEqual(['CVE-2026-1111 not-fixable']);
  });
});

describe('the end of a Debian release', () => {
  const ended = (more: Partial<DebianFixes>, now = NOW) =>
    scanned({
      subject: subjectWith([deb({ layer: BASE_LAYER })]),
      data: dataOf({ debian: debianData({}, more) }),
      now,
    });

  it('is a finding of the image at the bottom', () => {
    expect(only(ended({ endOfLife: NOW - 1 }).findings)).toMatchObject({
      id: 'debian-end-of-life',
      title: 'Debian trixie gets no security fixes since 2026-11-28',
      inheritedFrom: 'base',
    });
  });

  it.each([
    ['in the future', { endOfLife: NOW + 1 }],
    ['followed by long-term support', { endOfLife: NOW - 1, endOfLongTermSupport: NOW + 1 }],
    ['not known', {}],
  ])('is no finding if it is %s', (_, more) => {
    expect(ended(more).findings).toEqual([]);
  });
});
