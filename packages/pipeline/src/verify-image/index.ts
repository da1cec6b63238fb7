import { ok, PLATFORMS, type Result } from '@image-tooling/model';
import { openVerifier, policyText, worstOf, type ImageVerdict } from '@image-tooling/attest';
import type { ManifestBytes, Repository } from '@image-tooling/oci';
import { yankReasons } from '../registry/yanked';
import { noImageAt, openPlace } from '../registry/open-place';
import { placeText, type Place } from '../registry/place';
import { sourceReference } from '../registry/source';
import type { RegistryAccess } from '../registry-access';
import { attestVerdict, type VerifiedManifest } from './attest-verdict';
import type { Verifiers } from './check-manifest';
import { manifestsOf, type NamedManifest } from './published/manifests';
import { checkCanRebuild } from './rebuild';
import type { VerifyImageRequest } from './request';
import { verdictOn, type VerdictRequest } from './verdict-on';

export type { VerifyImageRequest } from './request';

/**
 * Verifies an image in a registry or an OCI folder: that its index and platforms are signed by the trusted signer, and
 * have signed provenance, SBOM and passed tests. Needs no workspace. Fails if that can't be found out: with `usage`,
 * with `gone` if there is no such image, and as the registry does.
 */
export async function verifyImage(
  request: VerifyImageRequest,
  access: RegistryAccess,
): Promise<Result<ImageVerdict>> {
  const verifiers = await verifiersOf(request);
  if (!verifiers.ok) return verifiers;
  const repository = openPlace(request.place, access);
  try {
    return await verifyIn(repository, request, verifiers.value, access);
  } finally {
    await repository.close();
  }
}

async function verifiersOf({ policy, secondParty }: VerifyImageRequest): Promise<Result<Verifiers>> {
  const publisher = await openVerifier(policy);
  if (!publisher.ok) return publisher;
  const second = secondParty ? await openVerifier(secondParty) : ok(undefined);
  return second.ok ? ok({ publisher: publisher.value, secondParty: second.value }) : second;
}

async function verifyIn(
  repository: Repository,
  request: VerifyImageRequest,
  verifiers: Verifiers,
  access: RegistryAccess,
): Promise<Result<ImageVerdict>> {
  const root = await rootOf(repository, request.place);
  if (!root.ok) return root;
  const named = await manifestsOf(repository, root.value, request.platform);
  if (!named.ok) return named;
  const runs = await checkRuns(named.value, request);
  if (!runs.ok) return runs;
  const verified = await verifyEach(repository, named.value, verifiers, { ...request, access });
  if (!verified.ok) return verified;
  const verdict = await verdictOf(repository, root.value, request, verified.value);
  const { attest, platform } = request;
  if (!verdict.ok || !attest) return verdict;
  const summaries = { ...request, settings: attest, isWhole: platform === undefined };
  const attested = await attestVerdict(repository, summaries, verified.value, access);
  return attested.ok ? ok({ ...verdict.value, attested: attested.value }) : attested;
}

async function verifyEach(
  repository: Repository,
  named: readonly NamedManifest[],
  verifiers: Verifiers,
  request: VerdictRequest,
): Promise<Result<VerifiedManifest[]>> {
  const verified: VerifiedManifest[] = [];
  for (const one of named) {
    const step = request.access.context.progress.step(`verify ${one.name}`);
    const checked = await verdictOn(repository, one, verifiers, request);
    if (!checked.ok) {
      step.failed();
      return checked;
    }
    step.done({ origin: 'ran' });
    verified.push(checked.value);
  }
  return ok(verified);
}

async function verdictOf(
  repository: Repository,
  { digest }: ManifestBytes,
  { place, policy }: VerifyImageRequest,
  verified: readonly VerifiedManifest[],
): Promise<Result<ImageVerdict>> {
  const yanked = await yankReasons(repository, digest);
  if (!yanked.ok) return yanked;
  const manifests = verified.map(({ verdict }) => verdict);
  return ok({
    verifyVersion: 1,
    reference: placeText(place),
    digest,
    verdict: worstOf(manifests),
    policy: policyText(policy),
    yanked: yanked.value,
    manifests,
  });
}

/** Platforms that can't run here are reported before anything is read. */
function checkRuns(named: readonly NamedManifest[], { rebuild }: VerifyImageRequest): Promise<Result<void>> {
  const isBuild = rebuild === 'system' || rebuild === 'all';
  return checkCanRebuild(isBuild ? PLATFORMS.filter((one) => named.some(({ name }) => name === one)) : []);
}

async function rootOf(repository: Repository, place: Place): Promise<Result<ManifestBytes>> {
  const reference = await sourceReference(repository, place);
  if (!reference.ok) return reference;
  const root = await repository.getManifest(reference.value);
  if (!root.ok) return root;
  return root.value ? ok(root.value) : noImageAt(place);
}
