import {
  ok,
  YANK_ARTIFACT_TYPE,
  YANK_REASON_ANNOTATION,
  type Digest,
  type Result,
} from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';

/** Returns the reasons of the marks on a release; empty if it is not marked as bad. */
export async function yankReasons(repository: Repository, index: Digest): Promise<Result<string[]>> {
  const referrers = await repository.listReferrers(index);
  if (!referrers.ok) return referrers;
  const marks = referrers.value.filter(({ artifactType }) => artifactType === YANK_ARTIFACT_TYPE);
  return ok(marks.map(({ annotations }) => annotations[YANK_REASON_ANNOTATION] ?? 'no reason given'));
}

/** Returns the releases that are marked as bad. */
export async function yankedReleases(
  repository: Repository,
  versions: readonly string[],
): Promise<Result<ReadonlySet<string>>> {
  const yanked = new Set<string>();
  for (const version of versions) {
    const head = await repository.headManifest(version);
    if (!head.ok) return head;
    if (!head.value) continue;
    const reasons = await yankReasons(repository, head.value.digest);
    if (!reasons.ok) return reasons;
    if (reasons.value.length > 0) yanked.add(version);
  }
  return ok(yanked);
}

/** Returns the first of releases that is there and not marked as bad. */
export async function firstGood(
  repository: Repository,
  releases: readonly string[],
): Promise<Result<string | undefined>> {
  for (const release of releases) {
    const head = await repository.headManifest(release);
    if (!head.ok) return head;
    if (!head.value) continue;
    const reasons = await yankReasons(repository, head.value.digest);
    if (!reasons.ok) return reasons;
    if (reasons.value.length === 0) return ok(release);
  }
  return ok(undefined);
}
