import { attachedSubject, fail, ok, taggedSubject, type Digest, type Result } from '@image-tooling/model';
import { DEEPEST, repositoryText, type ManifestBytes, type Repository } from '@image-tooling/oci';
import { each } from '../each';
import { foundManifest, type FoundManifest } from '../found-manifest';

/** Everything reachable in a repository: what tags point to, what it lists, and attachments. */
export interface Inventory {
  readonly tags: ReadonlyMap<string, Digest>;
  readonly manifests: ReadonlyMap<Digest, FoundManifest>;
  /** Missing manifests whose attachments still have a tag. */
  readonly goneSubjects: ReadonlySet<Digest>;
}

/**
 * Reads everything reachable in a repository, and hashes every manifest. What is deleted during the read
 * counts as missing. The API does not list unreachable manifests. Fails as the registry does: partial
 * inventories are discarded.
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
  const subjects = [...tags.keys()].flatMap((tag) => attachedSubject(tag) ?? []);
  const manifests = await readAll(repository, present(tagged.value), subjects);
  if (!manifests.ok) return manifests;
  const goneSubjects = new Set(subjects.filter((subject) => !manifests.value.has(subject)));
  return ok({ tags, manifests: withTaggedSubjects(manifests.value, tags), goneSubjects });
}

/** Signatures in `.sig` tags name their subject by the tag only. */
function withTaggedSubjects(
  manifests: ReadonlyMap<Digest, FoundManifest>,
  tags: Inventory['tags'],
): Map<Digest, FoundManifest> {
  const found = new Map(manifests);
  for (const [tag, digest] of tags) {
    const subject = taggedSubject(tag);
    const manifest = found.get(digest);
    if (manifest && subject !== undefined) found.set(digest, { subject, ...manifest });
  }
  return found;
}

/** Returns the current digests of tags; a deleted tag has no row. Fails as the registry does. */
export async function readHeads(
  repository: Repository,
  tags: readonly string[],
): Promise<Result<Map<string, Digest>>> {
  const heads = await each(tags, (tag) => repository.headManifest(tag));
  if (!heads.ok) return heads;
  const rows = heads.value.flatMap((head, at) => (head ? [[tags[at] as string, head.digest] as const] : []));
  return ok(new Map(rows));
}

/** Reads these manifests, existing ones of `others`, and everything they refer to, breadth first. */
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

/** Indexes may be nested without end: a partial inventory can't be used. */
function tooDeep({ name }: Repository): Result<never> {
  return fail({
    code: 'image-format',
    message: `${repositoryText(name)} can't be read: more than ${DEEPEST} manifests are nested.`,
    hint: 'Nothing was deleted. Delete the tag of that image if it is not wanted.',
  });
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value): value is T => value !== undefined);
}
