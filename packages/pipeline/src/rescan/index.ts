import { mapConcurrent } from '@image-tooling/host';
import {
  all,
  chainOf,
  fail,
  failWith,
  ok,
  type Failure,
  type Image,
  type Result,
} from '@image-tooling/model';
import { openSigner, openVerifier, type SigningSettings, type TrustPolicy } from '@image-tooling/attest';
import { rescanTable, type ScanPolicy } from '@image-tooling/scan';
import { signingSettings } from '../attest/settings';
import { imagesOf } from '../build/recorded';
import { repositoryOf } from '../image-repository';
import { noPolicy, readScanPolicy } from '../scan-policy';
import type { Session } from '../session';
import { withoutRepetition } from '../unique-failures';
import { vulnerabilityReader } from '../vulnerability-data';
import type { Rescanned, RescanRequest } from './request';
import { rescanImage, type ImageRescan } from './rescan-image';

export type { Rescanned, RescannedDigest, RescanRequest } from './request';

/** Images whose registries are asked at once. */
const AT_ONCE = 4;

const RESCAN = { verb: 're-scan', notForTools: 'it is re-scanned in the images that have it' };

/**
 * Scans published images again by their attached SBOMs, with the vulnerability data of the workspace, and attaches the
 * results that differ from the last ones. Reads no layers. What can't be re-scanned is in `failures`. Fails before the
 * first request: with `usage` without a scan.json or "signing", with `scan-invalid` if the vulnerability data can't be
 * used, and as reading definitions does.
 */
export async function rescanImages(session: Session, request: RescanRequest): Promise<Result<Rescanned>> {
  const images = await imagesOf(session, request.names, RESCAN);
  if (!images.ok) return images;
  const trust = await trustOf(session, request);
  if (!trust.ok) return trust;
  const verifier = await openVerifier(trust.value.policy);
  if (!verifier.ok) return verifier;
  const ready = all(await Promise.all(images.value.map((image) => prepared(session, image))));
  if (!ready.ok) return failWith(withoutRepetition(ready.failures));
  const now = new Date();
  const readData = vulnerabilityReader(session);
  const scanned = ready.value.filter(({ policy }) => policy.database !== 'none');
  const data = all(
    await Promise.all(scanned.map(({ policy: { maxAgeDays } }) => readData({ maxAgeDays, now }))),
  );
  if (!data.ok) return failWith(withoutRepetition(data.failures));
  const { signing } = trust.value;
  const done = await mapConcurrent(
    scanned,
    ({ image, policies, repository }, at) =>
      rescanImage(session, {
        ...{ repository, signing, tags: request.tags },
        subject: { image, policies, data: data.value[at]!, verifier: verifier.value, now },
      }),
    AT_ONCE,
  );
  const names = scanned.map(({ image }) => image.name);
  const withoutDatabase = ready.value.filter((one) => !scanned.includes(one)).map(({ image }) => image.name);
  return rescanned(request, names, { done, withoutDatabase });
}

/** What is read of the workspace before the first request. */
async function prepared(session: Session, image: Image) {
  const repository = repositoryOf(session, image.name);
  if (!repository.ok) return repository;
  const policies = new Map<string, ScanPolicy>();
  for (const one of chainOf(image)) {
    const policy = await readScanPolicy(session, one);
    if (!policy.ok) return policy;
    if (!policy.value) return fail(noPolicy());
    policies.set(one.name, policy.value);
  }
  const policy = policies.get(image.name) as ScanPolicy;
  return ok({ image, repository: repository.value, policies, policy });
}

interface Trust {
  readonly policy: TrustPolicy;
  /** Undefined: nothing is attached. */
  readonly signing: SigningSettings | undefined;
}

async function trustOf(session: Session, { dryRun, trust }: RescanRequest): Promise<Result<Trust>> {
  if (dryRun && trust) return ok({ policy: trust, signing: undefined });
  const settings = await signingSettings(session);
  if (!settings.ok) return settings;
  if (!settings.value) return fail(notSigned());
  const signer = await openSigner(settings.value);
  if (!signer.ok) return signer;
  return ok({ policy: signer.value.policy, signing: dryRun ? undefined : settings.value });
}

function notSigned(): Failure {
  return {
    code: 'usage',
    message: 'Images are re-scanned by their signed SBOMs, and nx.json has no "signing": none are attached.',
    hint: 'Set "signing" (docs/verify.md), and publish again.',
  };
}

function rescanned(
  { names, tags }: RescanRequest,
  scanned: readonly string[],
  { done, withoutDatabase }: { done: readonly ImageRescan[]; withoutDatabase: readonly string[] },
): Result<Rescanned> {
  const failures = withoutRepetition(done.flatMap((one) => one.failures));
  const aborted = failures.filter(({ code }) => code === 'aborted');
  if (aborted.length > 0) return failWith(aborted);
  const unpublished = scanned.filter((_, at) => done[at]?.isPublished === false);
  const isAsked = names.length > 0 || (tags !== undefined && unpublished.length === scanned.length);
  const images = done.flatMap((one) => one.images);
  return ok({
    images,
    lines: images.length > 0 ? rescanTable(images) : ['Nothing was re-scanned.'],
    failures: [...failures, ...(isAsked ? unpublished.map((name) => notPublished(name, tags)) : [])],
    unpublished: isAsked ? [] : unpublished,
    withoutDatabase,
  });
}

function notPublished(name: string, tags: readonly string[] | undefined): Failure {
  return {
    code: 'gone',
    message: `The registry has no ${name} with ${tags ? `the tag ${tags.join(' or ')}` : 'a release, "latest" or "main"'}.`,
    hint: 'Check the names and the registry in nx.json or IMAGE_REGISTRY.',
  };
}
