import type { StatementKind } from '@image-tooling/attest';
import { ok, type Json } from '@image-tooling/model';
import type { SignedSubject, WantedStatement } from '../../src/attest/attach';
import type { PublishedManifests } from '../../src/attest/subjects';

/** Returns what is signed of an image, with statements as a build and a test write them, but shorter. */
export function attestedSubjects(
  { index, platforms }: PublishedManifests,
  sbom: Json = SBOM,
): SignedSubject[] {
  const wanted = (kind: StatementKind, rule: WantedStatement['rule'], predicate: Json): WantedStatement => ({
    kind,
    rule,
    predicate: async () => ok(predicate),
  });
  return [
    ...platforms.map(({ platform, descriptor }) => ({
      descriptor,
      label: platform,
      statements: [
        wanted('provenance', 'once', { buildDefinition: { buildType: 'urn:example:other' }, runDetails: {} }),
        wanted('cyclonedx', 'same', sbom),
        wanted('tests', 'same', { result: 'PASSED', passedTests: ['all'], failedTests: [] }),
      ],
    })),
    { descriptor: index, label: 'the index', statements: [] },
  ];
}

const SBOM: Json = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 'kubectl' }] };
