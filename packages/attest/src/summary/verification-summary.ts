import { canonicalJson, digestOf, type Json } from '@image-tooling/model';
import { digestSet, type Dependency } from '../predicates/dependency';
import type { TrustPolicy } from '../policy';
import { fingerprint } from '../sign/key-file';
import type { ManifestVerdict, RebuildMode } from '../verdict/types';

/** What a verification summary says of a manifest. */
export interface SummaryInput {
  /** URI of the party that verified. */
  readonly verifier: string;
  readonly time: Date;
  /** URI of the image in the repository in which it was verified. */
  readonly resource: string;
  /** Whose signatures were asked for. */
  readonly policy: TrustPolicy;
  readonly rebuild: RebuildMode | undefined;
  readonly passed: boolean;
  readonly manifest: ManifestVerdict;
  /** The attestations that were read. */
  readonly inputs: readonly Pick<Dependency, 'uri' | 'digest'>[];
}

/** Version of the specification that the fields are taken from. */
const SLSA_VERSION = '1.1';

/** Names the meaning of the policy's annotations; described in docs/verify.md. */
const POLICY_URI = 'urn:image-tooling:verify:1';

/** Returns the predicate of a verification summary (slsa.dev/spec/v1.1/verification_summary). */
export function verificationSummary(input: SummaryInput): Json {
  const { verifier, time, resource, passed, inputs } = input;
  return {
    verifier: { id: verifier },
    timeVerified: time.toISOString(),
    resourceUri: resource,
    policy: policyOf(input),
    inputAttestations: inputs.map(({ uri, digest }) => ({ uri, digest: { ...digest } })),
    verificationResult: passed ? 'PASSED' : 'FAILED',
    verifiedLevels: passed ? levelsOf(input) : ['FAILED'],
    slsaVersion: SLSA_VERSION,
  };
}

function policyOf({ policy, rebuild }: SummaryInput): Json {
  const trusted =
    policy.kind === 'key'
      ? { key: fingerprint(policy.publicKey) }
      : { identity: policy.identity, issuer: policy.issuer };
  const annotations = { trusted, rebuild: rebuild ?? 'none' };
  return { uri: POLICY_URI, digest: { ...digestSet(digestOf(canonicalJson(annotations))) }, annotations };
}

/**
 * Level 1 asks for provenance, which was read. Level 2 asks for a hosted build platform, which can't be found out here.
 * An index has no provenance.
 */
function levelsOf({ manifest: { statements, rebuilt } }: SummaryInput): string[] {
  const hasProvenance = statements.some(({ title }) => title === 'provenance');
  return [
    hasProvenance ? 'SLSA_BUILD_LEVEL_1' : 'SLSA_BUILD_LEVEL_0',
    ...(rebuilt ? [`IMAGE_TOOLING_REBUILT_${rebuilt.mode.toUpperCase()}`] : []),
  ];
}

/** Returns what a summary claims, as text: all but its time and what was read. Equal claims need no new summary. */
export function claimsOf(summary: unknown): string {
  const {
    timeVerified: _,
    inputAttestations: __,
    ...claims
  } = Object(summary) as Readonly<Record<string, Json>>;
  return canonicalJson(claims);
}
