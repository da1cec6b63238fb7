import {
  ok,
  YANK_ARTIFACT_TYPE,
  YANK_REASON_ANNOTATION,
  type Digest,
  type PublishedTag,
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

/** Returns the first of releases that is there and not marked as bad. Fails as the registry does. */
export async function firstGood(
  repository: Repository,
  releases: readonly string[],
): Promise<Result<PublishedTag | undefined>> {
  for (const tag of releases) {
    const head = await repository.headManifest(tag);
    if (!head.ok) return head;
    if (!head.value) continue;
    const { digest } = head.value;
    const reasons = await yankReasons(repository, digest);
    if (!reasons.ok) return reasons;
    if (reasons.value.length === 0) return ok({ tag, digest });
  }
  return ok(undefined);
}
