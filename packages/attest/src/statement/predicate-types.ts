/** Types of predicates that a publish or a re-scan attaches, or that `verify` reads. */
export const PREDICATES = {
  /** cosign 3, pkg/types/predicate.go: the statement that says nothing but "signed". */
  signature: 'https://sigstore.dev/cosign/sign/v1',
  /** slsa.dev/spec/v1.0/provenance */
  provenance: 'https://slsa.dev/provenance/v1',
  /** in-toto attestation, spec/predicates/test-result.md */
  tests: 'https://in-toto.io/attestation/test-result/v0.1',
  /** in-toto attestation, spec/predicates/cyclonedx.md */
  cyclonedx: 'https://cyclonedx.org/bom',
  /** in-toto attestation, spec/predicates/spdx.md */
  spdx: 'https://spdx.dev/Document',
  /** OpenVEX specification, "Attesting Examples" */
  vex: 'https://openvex.dev/ns',
  /** in-toto attestation, spec/predicates/vulns_02.md */
  scan: 'https://in-toto.io/attestation/vulns/v0.2',
  /** slsa.dev/spec/v1.1/verification_summary */
  vsa: 'https://slsa.dev/verification_summary/v1',
} as const;

export type StatementKind = keyof typeof PREDICATES;

/** Returns the kind of a predicate type; undefined for unknown types and other versions. */
export function statementKind(predicateType: string): StatementKind | undefined {
  const kinds = Object.entries(PREDICATES) as [StatementKind, string][];
  return kinds.find(([, type]) => type === predicateType)?.[0];
}
