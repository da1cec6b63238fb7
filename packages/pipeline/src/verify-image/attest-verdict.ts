import {
  openSigner,
  openVerifier,
  PREDICATES,
  verificationSummary,
  type ManifestVerdict,
  type RebuildMode,
  type TrustPolicy,
} from '@image-tooling/attest';
import { hexOf, type Json, type Result, type SignedReport } from '@image-tooling/model';
import { repositoryText, type ManifestBytes, type Repository } from '@image-tooling/oci';
import { loadPurls, type Purls } from '@image-tooling/sbom';
import { attachSummaries, type SummarySubject } from '../attest/attach-summaries';
import type { AttachedStatement } from '../attest/attached';
import { openPlace } from '../registry/open-place';
import type { Place } from '../registry/place';
import type { RegistryAccess } from '../registry-access';
import type { SummarySettings } from './summary-settings';

/** A manifest that was verified. */
export interface VerifiedManifest {
  readonly manifest: ManifestBytes;
  readonly verdict: ManifestVerdict;
  readonly statements: readonly AttachedStatement[];
}

/** What the summaries of an image are made of. */
export interface SummaryRequest {
  readonly settings: SummarySettings;
  readonly place: Place;
  readonly policy: TrustPolicy;
  readonly rebuild?: RebuildMode | undefined;
  /** Whether all platforms were verified: otherwise nothing is said of the index. */
  readonly isWhole: boolean;
}

/**
 * Signs what was found out about each manifest as a verification summary, and attaches it. Fails as `attachSummaries`
 * does.
 */
export async function attestVerdict(
  repository: Repository,
  request: SummaryRequest,
  verified: readonly VerifiedManifest[],
  access: RegistryAccess,
): Promise<Result<SignedReport>> {
  const signer = await openSigner(request.settings.signing);
  if (!signer.ok) return signer;
  const verifier = await openVerifier(signer.value.policy);
  if (!verifier.ok) return verifier;
  const signing = { signer: signer.value, verifier: verifier.value, context: access.context };
  const purls = await loadPurls();
  const told = verified.filter(({ verdict }) => request.isWhole || verdict.name !== 'index');
  const naming = { purls, repository };
  const subjects = told.map((one) => subjectOf(request, one, verified, naming));
  return attachSummaries(repository, subjects, signing, async (work) => {
    const client = openPlace(request.place, access);
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  });
}

interface Naming {
  readonly purls: Purls;
  readonly repository: Repository;
}

function subjectOf(
  { settings, policy, rebuild }: SummaryRequest,
  { manifest: { mediaType, digest, bytes }, verdict, statements }: VerifiedManifest,
  all: readonly VerifiedManifest[],
  { purls, repository }: Naming,
): SummarySubject {
  const parts = verdict.name === 'index' ? all.map((one) => one.verdict) : [verdict];
  const summary: Json = verificationSummary({
    verifier: settings.verifier,
    time: new Date(),
    resource: resourceUri(purls, repository, digest),
    policy,
    rebuild,
    passed: parts.every(({ problems }) => problems.length === 0),
    manifest: verdict,
    inputs: statements
      .filter(({ predicateType }) => predicateType !== PREDICATES.vsa)
      .map((one) => ({
        uri: `${repositoryText(repository.name)}@${one.digest}`,
        digest: { sha256: hexOf(one.bundle) },
      })),
  });
  return { descriptor: { mediaType, digest, size: bytes.length }, label: verdict.name, summary };
}

/** Returns the package URL of a manifest in a repository (purl-spec, type "oci"). */
function resourceUri({ purl }: Purls, { name }: Repository, digest: string): string {
  const last = name.path.slice(name.path.lastIndexOf('/') + 1).toLowerCase();
  return purl('oci', last, digest, { qualifiers: { repository_url: repositoryText(name) } });
}
