import {
  canonicalJson,
  digestOf,
  failWith,
  isSettled,
  ok,
  type BlobRow,
  type Failure,
  type Result,
  type RunContext,
  type SignedReport,
  type TagMove,
} from '@image-tooling/model';
import {
  descriptorOf,
  imageIndexJson,
  MEDIA_TYPES,
  type ManifestBytes,
  type Repository,
} from '@image-tooling/oci';
import type { LocalPlatform, Publication, PublishedPlatform } from './publication';
import { pushPlatforms, type PushedPlatform, type PushOptions } from './push';
import { planTags } from './tags';
import type { Verified } from './verify/verified';
import { writeTags } from './write-tags';

/** The result of a delivery. */
export interface Delivered extends Verified {
  readonly index: ManifestBytes;
  readonly blobs: readonly BlobRow[];
  readonly tags: readonly TagMove[];
  /** True if everything was up to date. */
  readonly unchanged: boolean;
  /** Undefined if images are not signed. */
  readonly signed?: SignedReport;
}

const NOTHING_VERIFIED: Verified = { readBack: { blobs: 0, bytes: 0 }, checkedAgain: [] };

/** One platform: its manifest, with bytes if the registry lacks it. */
interface Found {
  readonly wanted: PublishedPlatform;
  readonly manifest: ManifestBytes;
  readonly local?: LocalPlatform;
}

/**
 * Pushes a publication to a repository: blobs, then manifests by digest, then the index by digest. Checks
 * what the registry serves before it writes the first tag. If killed at any moment, no tag points to something
 * incomplete or unsigned, and it can be run again. Writes nothing if everything is up to date. Fails with `tag-taken` if
 * a tag may not be written, and as the registry and the check of what it serves do.
 */
export async function deliver(
  repository: Repository,
  publication: Publication,
  context: RunContext,
): Promise<Result<Delivered>> {
  const found = await findPlatforms(repository, publication, context);
  if (!found.ok) return found;
  const index = indexOf(publication, found.value);
  const moves = await planTags(repository, publication, index.digest, { isFinal: publication.dryRun });
  if (!moves.ok) return moves;
  if (moves.value.every(isSettled)) {
    const signed = await sign(repository, publication, index, found.value);
    if (!signed.ok) return signed;
    const unchanged = (signed.value.signed?.written ?? 0) === 0;
    return ok({ index, blobs: [], tags: moves.value, unchanged, ...signed.value, ...NOTHING_VERIFIED });
  }
  const pushed = await pushPlatforms(repository, found.value.flatMap(absent), {
    context,
    records: publication.records,
  });
  if (!pushed.ok) return pushed;
  const indexed = await putIndex(repository, index, context);
  if (!indexed.ok) return indexed;
  const checked = publication.dryRun
    ? ok({ ...NOTHING_VERIFIED, blobs: pushed.value })
    : await verify(repository, publication, { index, found: found.value, rows: pushed.value }, context);
  if (!checked.ok) return checked;
  const signed = await sign(repository, publication, index, found.value);
  if (!signed.ok) return signed;
  const tagged = await writeTags(repository, index, { moves: moves.value, request: publication, context });
  if (!tagged.ok) return tagged;
  return ok({
    index,
    ...checked.value,
    ...signed.value,
    tags: tagged.value,
    unchanged: false,
  });
}

/**
 * Reads only the manifest of a platform that is tested and already in the registry. Such a digest passed its scan when
 * it was pushed, and is not refused for a finding of today. Fails with all findings of platforms that are not there.
 */
async function findPlatforms(
  repository: Repository,
  publication: Publication,
  { progress }: RunContext,
): Promise<Result<Found[]>> {
  const found: Found[] = [];
  const refused: Failure[] = [];
  for (const wanted of publication.platforms) {
    const remote = await repository.getManifest(wanted.manifest);
    if (!remote.ok) return remote;
    const { scanFailures = [], platform } = wanted;
    if (remote.value) {
      if (scanFailures.length > 0)
        progress.note(`${publication.image} ${platform} fails its scan today, and is already published`);
      found.push({ wanted, manifest: remote.value });
      continue;
    }
    refused.push(...scanFailures);
    if (refused.length > 0) continue;
    const local = await wanted.local();
    if (!local.ok) return local;
    found.push({ wanted, manifest: local.value.manifest, local: local.value });
  }
  return refused.length > 0 ? failWith(refused) : ok(found);
}

function indexOf({ annotations }: Publication, found: readonly Found[]): ManifestBytes {
  const manifests = found.map(({ wanted, manifest }) => ({
    descriptor: descriptorOf(manifest),
    platform: wanted.platform,
  }));
  const bytes = Buffer.from(canonicalJson(imageIndexJson(manifests, annotations)));
  return { mediaType: MEDIA_TYPES.index, digest: digestOf(bytes), bytes };
}

async function putIndex(
  repository: Repository,
  index: ManifestBytes,
  { progress }: RunContext,
): Promise<Result<void>> {
  const there = await repository.headManifest(index.digest);
  if (!there.ok) return there;
  if (there.value) return ok(undefined);
  const step = progress.step('push the index');
  const put = await repository.putManifest(index);
  if (put.ok) step.done({ origin: 'pushed', bytes: index.bytes.length });
  else step.failed();
  return put;
}

/** Signs before tags are written: users who follow a tag find the signature. */
async function sign(
  repository: Repository,
  publication: Publication,
  index: ManifestBytes,
  found: readonly Found[],
): Promise<Result<Pick<Delivered, 'signed'>>> {
  const signed = await publication.sign?.(repository, {
    index: descriptorOf(index),
    platforms: found.map(({ wanted, manifest }) => ({
      platform: wanted.platform,
      descriptor: descriptorOf(manifest),
    })),
  });
  if (!signed) return ok({});
  return signed.ok ? ok({ signed: signed.value }) : signed;
}

/** What is in the registry now, and how it got there. */
interface Sent {
  readonly index: ManifestBytes;
  readonly found: readonly Found[];
  readonly rows: readonly BlobRow[];
}

type VerifiedBlobs = Verified & Pick<Delivered, 'blobs'>;

/**
 * A registry that has a manifest should have its blobs. If one of them is gone, pushes everything again, and
 * checks it again.
 */
async function verify(
  repository: Repository,
  publication: Publication,
  { index, found, rows }: Sent,
  context: RunContext,
): Promise<Result<VerifiedBlobs>> {
  const { image, records } = publication;
  const first = await publication.verify(index.digest, rows);
  if (first.ok) return ok({ ...first.value, blobs: rows });
  const granted = found.filter(({ local }) => local === undefined);
  if (granted.length === 0 || !first.failures.some(isGone)) return first;
  context.progress.note(`${image}: the registry has lost a part of it; pushing everything again`);
  const pushed = await pushGranted(repository, granted, { context, records });
  if (!pushed.ok) return pushed;
  const blobs = [...rows, ...pushed.value];
  const second = await publication.verify(index.digest, blobs);
  return second.ok ? ok({ ...second.value, blobs }) : second;
}

async function pushGranted(
  repository: Repository,
  granted: readonly Found[],
  options: PushOptions,
): Promise<Result<BlobRow[]>> {
  const platforms: PushedPlatform[] = [];
  for (const { wanted } of granted) {
    const local = await wanted.local();
    if (!local.ok) return local;
    platforms.push({ platform: wanted.platform, local: local.value });
  }
  return pushPlatforms(repository, platforms, options);
}

function isGone({ code }: Failure): boolean {
  return code === 'gone';
}

function absent({ wanted, local }: Found): PushedPlatform[] {
  return local === undefined ? [] : [{ platform: wanted.platform, local }];
}
