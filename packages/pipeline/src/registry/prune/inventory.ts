import { fail, listedSubject, ok, type Digest, type Result } from '@image-tooling/model';
import { DEEPEST, repositoryText, type ManifestBytes, type Repository } from '@image-tooling/oci';
import { each } from '../each';
import { foundManifest, type FoundManifest } from '../found-manifest';

/** All that can be found in a repository: what tags lead to, what that lists, what is attached to any of it. */
export interface Inventory {
  readonly tags: ReadonlyMap<string, Digest>;
  readonly manifests: ReadonlyMap<Digest, FoundManifest>;
  /** Manifests that are gone, while the list of what was attached to them still has its fallback tag. */
  readonly goneSubjects: ReadonlySet<Digest>;
}

/**
 * Reads all that can be found in a repository, every manifest hashed. What is gone by the time it is asked for counts
 * as not there. The API lists no manifest that nothing leads to. Fails as the registry does: half an inventory is none.
 */
export async function readInventory(repository: Repository): Promise<Result<Inventory>> {
  const listed = await repository.listTags();
  if (!listed.ok) return listed;
  const names = [...listed.value].sort();
  const tagged = await each(names, (tag) => repository.getManifest(tag));
  if (!tagged.ok) return tagged;
  const tags = new Map<string, Digest>();
  for (const [at, manifest] of tagged.value.entries())
    if (manifest) tags.set(names[at] as string, manifest.digest);
  const subjects = [...tags.keys()].flatMap((tag) => listedSubject(tag) ?? []);
  const manifests = await readAll(repository, present(tagged.value), subjects);
  if (!manifests.ok) return manifests;
  const goneSubjects = new Set(subjects.filter((subject) => !manifests.value.has(subject)));
  return ok({ tags, manifests: manifests.value, goneSubjects });
}

/** What tags lead to now; a tag that is gone has no row. Fails as the registry does. */
export async function readHeads(
  repository: Repository,
  tags: readonly string[],
): Promise<Result<Map<string, Digest>>> {
  const heads = await each(tags, (tag) => repository.headManifest(tag));
  if (!heads.ok) return heads;
  const rows = heads.value.flatMap((head, at) => (head ? [[tags[at] as string, head.digest] as const] : []));
  return ok(new Map(rows));
}

/** These manifests and those of `others` that are there, and all that they lead to, one distance after the other. */
async function readAll(
  repository: Repository,
  first: readonly ManifestBytes[],
  others: readonly Digest[],
): Promise<Result<Map<Digest, FoundManifest>>> {
  const found = new Map<Digest, FoundManifest>();
  const asked = new Set<Digest>(first.map(({ digest }) => digest));
  let wave = [...new Map(first.map((manifest) => [manifest.digest, manifest])).values()];
  let wanted = [...others];
  for (let depth = 0; wave.length + wanted.length > 0; depth++) {
    if (depth > DEEPEST) return tooDeep(repository);
    for (const manifest of wave) found.set(manifest.digest, foundManifest(manifest));
    const referrers = await each(wave, ({ digest }) => repository.listReferrers(digest));
    if (!referrers.ok) return referrers;
    const children = wave.flatMap(({ digest }) => found.get(digest)?.children ?? []);
    const next = [...wanted, ...children, ...referrers.value.flat().map(({ digest }) => digest)];
    const unread = [...new Set(next)].filter((digest) => !asked.has(digest));
    unread.forEach((digest) => asked.add(digest));
    const read = await each(unread, (digest) => repository.getManifest(digest));
    if (!read.ok) return read;
    wave = present(read.value);
    wanted = [];
  }
  return ok(found);
}

/** An index may list indexes, and those others, without end: a part of them is nothing to judge by. */
function tooDeep({ name }: Repository): Result<never> {
  return fail({
    code: 'image-format',
    message: `${repositoryText(name)} can't be looked through: more than ${DEEPEST} manifests lead to one another.`,
    hint: 'Nothing is deleted. Delete the tag of the image that is made so, if it is not wanted.',
  });
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value): value is T => value !== undefined);
}
