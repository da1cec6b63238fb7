import { describe, expect, it } from 'vitest';
import { grypeAnswer, trivyAnswer } from '../src';

const PURLS = { deb: 'pkg:deb/libssl3t64@3.5.1-1', go: 'pkg:go/golang.org/x/net@v0.40.0' };

/** Fields that Trivy 0.66 and 0.74 print, of two packages. */
const TRIVY = {
  SchemaVersion: 2,
  Trivy: { Version: '0.74.0' },
  Metadata: { OS: { Family: 'debian', Name: '13' } },
  Results: [
    {
      Target: 'sbom.cdx.json (debian 13)',
      Packages: [{ ID: 'libssl3t64@3.5.1-1', Identifier: { PURL: PURLS.deb, BOMRef: PURLS.deb } }],
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2026-1111',
          VendorIDs: ['DSA-6000-1'],
          PkgIdentifier: { PURL: PURLS.deb },
          FixedVersion: '3.5.2-1',
          Severity: 'CRITICAL',
          Title: 'openssl: overflow',
        },
      ],
    },
    {
      Packages: [{ Identifier: { PURL: PURLS.go } }],
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2026-5555',
          PkgIdentifier: { PURL: PURLS.go },
          FixedVersion: '0.39.9, 0.50.0',
        },
      ],
    },
  ],
};

/** Fields that Grype 0.121 prints. */
const GRYPE = {
  matches: [
    {
      vulnerability: {
        id: 'GHSA-aaaa-bbbb-cccc',
        severity: 'Negligible',
        description: 'A flaw\nwith much to say',
        fix: { versions: ['0.50.0'], state: 'fixed' },
      },
      relatedVulnerabilities: [{ id: 'CVE-2026-5555' }],
      artifact: { id: 'go:usr/local/bin/yq#golang.org/x/net@v0.40.0', purl: PURLS.go },
    },
  ],
  descriptor: { name: 'grype', version: '0.121.3' },
};
const GRYPE_PACKAGES = { bomFormat: 'CycloneDX', components: [{ purl: PURLS.deb }, { purl: PURLS.go }, {}] };

describe('what a scanner prints', () => {
  it('of Trivy is read', () => {
    expect(trivyAnswer(JSON.stringify(TRIVY))).toEqual({
      version: '0.74.0',
      read: new Set(Object.values(PURLS)),
      matches: [
        {
          ...{ purl: PURLS.deb, id: 'CVE-2026-1111', aliases: ['DSA-6000-1'], severity: 'critical' },
          ...{ title: 'openssl: overflow', fixedIn: ['3.5.2-1'] },
        },
        {
          ...{ purl: PURLS.go, id: 'CVE-2026-5555', aliases: [], severity: 'unknown' },
          ...{ title: 'CVE-2026-5555', fixedIn: ['0.39.9', '0.50.0'] },
        },
      ],
    });
  });

  it('of Trivy 0.66 has no version', () => {
    expect(trivyAnswer(JSON.stringify({ ...TRIVY, Trivy: undefined }))?.version).toBe('unknown');
  });

  it('writes package URLs in its own way', () => {
    const found = trivyAnswer(JSON.stringify(TRIVY).replaceAll('@3.5.1-1', '@1%3A3.5.1%2Bdeb13u1'));
    expect(found?.read).toContain('pkg:deb/libssl3t64@1:3.5.1+deb13u1');
    const read = trivyAnswer(JSON.stringify(TRIVY).replaceAll('golang.org/x', 'github.com/Azure'))?.read;
    expect(read).toContain('pkg:go/github.com/azure/net@v0.40.0');
    expect(found?.matches[0]?.purl).toBe('pkg:deb/libssl3t64@1:3.5.1+deb13u1');
  });

  it('of Grype is read', () => {
    expect(grypeAnswer(JSON.stringify(GRYPE), JSON.stringify(GRYPE_PACKAGES))).toEqual({
      version: '0.121.3',
      read: new Set(Object.values(PURLS)),
      matches: [
        {
          ...{ purl: PURLS.go, id: 'GHSA-aaaa-bbbb-cccc', aliases: ['CVE-2026-5555'], severity: 'low' },
          ...{ title: 'A flaw', fixedIn: ['0.50.0'] },
        },
      ],
    });
  });

  it.each([
    ['nothing', ''],
    ['another form', '{"SchemaVersion":3}'],
    ['an end in the middle', JSON.stringify(TRIVY).slice(0, -9)],
  ])('is refused if it is %s', (_, text) => {
    expect(trivyAnswer(text)).toBeUndefined();
    expect(grypeAnswer(text, JSON.stringify(GRYPE_PACKAGES))).toBeUndefined();
    expect(grypeAnswer(JSON.stringify(GRYPE), text)).toBeUndefined();
  });
});
