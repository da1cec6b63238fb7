import { mainCommitTag, ok, type PublishedTag, type Result } from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';

/** Returns the first of these commits of main that is published, if one is. Fails as the registry does. */
export async function newestPublished(
  repository: Repository,
  commits: readonly string[],
): Promise<Result<PublishedTag | undefined>> {
  if (commits.length === 0) return ok(undefined);
  const tags = await repository.listTags();
  if (!tags.ok) return tags;
  const there = new Set(tags.value);
  const tag = commits.map(mainCommitTag).find((one) => there.has(one));
  const head = tag === undefined ? ok(undefined) : await repository.headManifest(tag);
  if (!head.ok) return head;
  return ok(tag !== undefined && head.value ? { tag, digest: head.value.digest } : undefined);
}
