import {
  fail,
  isVersionTag,
  ok,
  type Deletion,
  type Digest,
  type Failure,
  type Result,
} from '@image-tooling/model';
import { repositoryText, type Repository } from '@image-tooling/oci';
import { readHeads, type Inventory } from './inventory';

/** The result of a round of deletions: done, or a tag moved, so that everything must be read again. */
export type Round = 'done' | 'moved';

/**
 * Deletes manifests in their order. Looks up tags again right before each manifest with tags or parts: if one
 * is new or has moved since the inventory was read, stops. Fails with `registry-refused` if the registry
 * deletes nothing.
 */
export async function deleteAll(
  repository: Repository,
  { tags, manifests }: Inventory,
  deletions: readonly Deletion[],
  onDeleted: (deletion: Deletion) => void,
): Promise<Result<Round>> {
  const expected = new Map(tags);
  for (const [at, deletion] of deletions.entries()) {
    const isIndex = (manifests.get(deletion.digest)?.children?.length ?? 0) > 0;
    if (at === 0 || isIndex || deletion.tags.length > 0) {
      const moved = await hasMoved(repository, expected);
      if (!moved.ok) return moved;
      if (moved.value) return ok('moved');
    }
    const deleted = await repository.deleteManifest(deletion.digest);
    if (!deleted.ok) return explained(repository, deleted.failures);
    for (const tag of deletion.tags) expected.delete(tag);
    if (deleted.value) onDeleted(deletion);
  }
  return ok('done');
}

/** Returns whether a tag is new or has moved. A removed tag makes nothing needed. */
async function hasMoved(
  repository: Repository,
  expected: ReadonlyMap<string, Digest>,
): Promise<Result<boolean>> {
  const names = await repository.listTags();
  if (!names.ok) return names;
  const mayHaveMoved = names.value.filter((tag) => !(expected.has(tag) && isVersionTag(tag)));
  const heads = await readHeads(repository, mayHaveMoved);
  if (!heads.ok) return heads;
  return ok([...heads.value].some(([tag, digest]) => expected.get(tag) !== digest));
}

function explained({ name }: Repository, failures: readonly [Failure, ...Failure[]]): Result<never> {
  const [first, ...rest] = failures;
  if (first.code !== 'registry-refused') return fail(first, ...rest);
  return fail({
    ...first,
    message: `${repositoryText(name)}: ${first.message}`,
    hint: 'The registry deletes nothing over this API, or the account may not delete: see "Retention" in docs/registry.md.',
  });
}
