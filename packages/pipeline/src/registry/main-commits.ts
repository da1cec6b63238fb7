import { mainCommitTag, ok, type Result } from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';

/** Returns the tag of the first of these commits of main that is published, if one is. Fails as the registry does. */
export async function newestPublished(
  repository: Repository,
  commits: readonly string[],
): Promise<Result<string | undefined>> {
  if (commits.length === 0) return ok(undefined);
  const tags = await repository.listTags();
  if (!tags.ok) return tags;
  const there = new Set(tags.value);
  return ok(commits.map(mainCommitTag).find((tag) => there.has(tag)));
}
