import { describe, expect, it } from 'vitest';
import {
  claimsOf,
  generateKeyPair,
  verificationSummary,
  type ManifestVerdict,
  type SummaryInput,
} from '../src';

const { publicKey } = generateKeyPair(undefined);
const MANIFEST: ManifestVerdict = {
  digest: `sha256:${'1'.repeat(64)}`,
  name: 'linux/amd64',
  signature: { bundle: true, tag: true },
  statements: [{ title: 'provenance', text: 'demo' }],
  verifications: [],
  problems: [],
  refused: [],
  rebuilt: { mode: 'system', layers: 3, bytes: 1, made: 2, commit: 'c0ffee' },
};
const INPUT: SummaryInput = {
  verifier: 'https://second.example',
  time: new Date('2026-01-02T03:04:05Z'),
  resource: 'pkg:oci/demo',
  policy: { kind: 'key', publicKey },
  rebuild: 'system',
  passed: true,
  manifest: MANIFEST,
  inputs: [{ uri: 'registry.example/demo@sha256:2', digest: { sha256: '3' } }],
};
const levels = (changed: Partial<SummaryInput>) =>
  (verificationSummary({ ...INPUT, ...changed }) as { verifiedLevels: string[] }).verifiedLevels;
const claims = (changed: Partial<SummaryInput>) => claimsOf(verificationSummary({ ...INPUT, ...changed }));

describe('a verification summary', () => {
  it('has what the specification requires', () => {
    expect(verificationSummary(INPUT)).toEqual({
      verifier: { id: 'https://second.example' },
      timeVerified: '2026-01-02T03:04:05.000Z',
      resourceUri: 'pkg:oci/demo',
      policy: {
        uri: 'urn:image-tooling:verify:1',
        digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        annotations: {
          trusted: { key: expect.stringMatching(/^sha256:/) as string },
          rebuild: 'system',
        },
      },
      inputAttestations: [{ uri: 'registry.example/demo@sha256:2', digest: { sha256: '3' } }],
      verificationResult: 'PASSED',
      verifiedLevels: ['SLSA_BUILD_LEVEL_1', 'IMAGE_TOOLING_REBUILT_SYSTEM'],
      slsaVersion: '1.1',
    });
  });

  it('claims no level without provenance, and none if verification failed', () => {
    const { rebuilt: _, ...read } = MANIFEST;
    expect(levels({ manifest: read })).toEqual(['SLSA_BUILD_LEVEL_1']);
    expect(levels({ manifest: { ...read, statements: [] } })).toEqual(['SLSA_BUILD_LEVEL_0']);
    expect(levels({ passed: false })).toEqual(['FAILED']);
  });

  it('claims the same at another time and of other attestations, but not for another policy', () => {
    expect(claims({ time: new Date(0), inputs: [] })).toBe(claims({}));
    expect(claims({ rebuild: 'all' })).not.toBe(claims({}));
    expect(claims({ policy: { kind: 'key', publicKey: generateKeyPair(undefined).publicKey } })).not.toBe(
      claims({}),
    );
    expect(claims({ passed: false })).not.toBe(claims({}));
  });
});
