import { ok, type Platform, type Result } from '@image-tooling/model';
import {
  openVerifier,
  policyText,
  statementKind,
  worstOf,
  type ImageVerdict,
  type ManifestVerdict,
  type TrustPolicy,
  type Verifier,
} from '@image-tooling/attest';
import type { ManifestBytes, Repository } from '@image-tooling/oci';
import { noImageAt, openPlace } from '../registry/open-place';
import { placeText, type Place } from '../registry/place';
import { sourceReference } from '../registry/source';
import type { RegistryAccess } from '../registry-access';
import { checkManifest } from './check-manifest';
import { manifestsOf, type NamedManifest } from './manifests';
import { recombined } from './recombine';

export interface VerifyImageRequest {
  readonly place: Place;
  readonly policy: TrustPolicy;
  /** Default: all platforms. */
  readonly platform?: Platform | undefined;
  /** Whether to read all layers and put the image together again. */
  readonly recombine: boolean;
}

/**
 * Verifies an image in a registry or an OCI folder: that its index and platforms are signed by the trusted signer, and
 * have signed provenance, SBOM and passed tests. Needs no workspace. Fails if that can't be found out: with `usage`,
 * with `gone` if there is no such image, and as the registry does.
 */
export async function verifyImage(
  request: VerifyImageRequest,
  access: RegistryAccess,
): Promise<Result<ImageVerdict>> {
  const verifier = await openVerifier(request.policy);
  if (!verifier.ok) return verifier;
  const repository = openPlace(request.place, access);
  try {
    return await verifyIn(repository, request, verifier.value, access);
  } finally {
    await repository.close();
  }
}

async function verifyIn(
  repository: Repository,
  request: VerifyImageRequest,
  verifier: Verifier,
  { context: { progress } }: RegistryAccess,
): Promise<Result<ImageVerdict>> {
  const root = await rootOf(repository, request.place);
  if (!root.ok) return root;
  const named = await manifestsOf(repository, root.value, request.platform);
  if (!named.ok) return named;
  const manifests: ManifestVerdict[] = [];
  for (const one of named.value) {
    const step = progress.step(`verify ${one.name}`);
    const checked = await verdictOn(repository, one, verifier, request);
    if (!checked.ok) {
      step.failed();
      return checked;
    }
    step.done({ origin: 'ran' });
    manifests.push(checked.value);
  }
  return ok({
    verifyVersion: 1,
    reference: placeText(request.place),
    digest: root.value.digest,
    verdict: worstOf(manifests),
    policy: policyText(request.policy),
    manifests,
  });
}

async function verdictOn(
  repository: Repository,
  named: NamedManifest,
  verifier: Verifier,
  { recombine }: VerifyImageRequest,
): Promise<Result<ManifestVerdict>> {
  const checked = await checkManifest(repository, named, verifier);
  if (!checked.ok) return checked;
  const { verdict, statements } = checked.value;
  if (!recombine || named.name === 'index') return ok(verdict);
  const provenances = statements.filter((one) => statementKind(one.predicateType) === 'provenance');
  const rebuilt = await recombined(repository, named, provenances);
  if (!rebuilt.ok) return rebuilt;
  return ok({ ...verdict, ...rebuilt.value, problems: [...verdict.problems, ...rebuilt.value.problems] });
}

async function rootOf(repository: Repository, place: Place): Promise<Result<ManifestBytes>> {
  const reference = await sourceReference(repository, place);
  if (!reference.ok) return reference;
  const root = await repository.getManifest(reference.value);
  if (!root.ok) return root;
  return root.value ? ok(root.value) : noImageAt(place);
}
