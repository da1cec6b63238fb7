import {
  higherReleases,
  ok,
  tagMoves,
  type Digest,
  type PublishedTag,
  type Result,
  type TagFacts,
  type TagMove,
} from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';
import { newestPublished } from '../registry/main-commits';
import { firstGood, yankReasons } from '../registry/yanked';
import type { Publication } from './publication';

/** What decides the tags of an image. */
export type TagRequest = Pick<Publication, 'image' | 'mode' | 'wanted' | 'newerCommits' | 'dryRun'>;

interface TagQuestion {
  /** Looks for what tags belong to in any case. */
  readonly isFinal?: boolean;
}

/**
 * Returns what is to be done for each tag. Looks for what tags belong to only if that decides whether anything is to be
 * done: while the version or commit has no tag of its own, something is, and others may come before it is written.
 * Fails with `tag-taken` if a tag that is written once has another digest, and as the registry does.
 */
export async function planTags(
  repository: Repository,
  request: TagRequest,
  index: Digest,
  { isFinal = false }: TagQuestion = {},
): Promise<Result<TagMove[]>> {
  const { image, wanted } = request;
  const heads = new Map<string, Digest>();
  for (const { tag } of wanted) {
    const head = await repository.headManifest(tag);
    if (!head.ok) return head;
    if (head.value) heads.set(tag, head.value.digest);
  }
  const open = wanted.filter(({ tag }) => heads.get(tag) !== index);
  const decides = open.length > 0 && open.every(({ rule }) => rule === 'forward');
  // After the heads: what has been published before a tag was moved is seen.
  const holders = isFinal || decides ? await holdersOf(repository, request, { heads, index }) : ok(new Map());
  return holders.ok ? tagMoves({ image, wanted, facts: { heads, holders: holders.value }, index }) : holders;
}

type Holders = TagFacts['holders'];

interface Heads extends Pick<TagFacts, 'heads'> {
  readonly index: Digest;
}

async function holdersOf(
  repository: Repository,
  { mode, wanted, newerCommits }: TagRequest,
  { heads, index }: Heads,
): Promise<Result<Holders>> {
  const following = wanted.filter(({ rule }) => rule === 'forward').map(({ tag }) => tag);
  if (following.length === 0) return ok(new Map());
  if (mode.kind === 'release')
    return higherHolders(repository, mode.version, { following, own: heads.get(mode.version) });
  const commits = await newerCommits();
  if (!commits.ok) return commits;
  const newest = await newestPublished(repository, commits.value);
  if (!newest.ok) return newest;
  const holder = newest.value;
  return ok(new Map(holder && holder.digest !== index ? following.map((tag) => [tag, holder]) : []));
}

interface ReleaseTags {
  readonly following: readonly string[];
  /** Of the release; undefined if it is not there. */
  readonly own: Digest | undefined;
}

async function higherHolders(
  repository: Repository,
  version: string,
  { following, own }: ReleaseTags,
): Promise<Result<Holders>> {
  const marks = own === undefined ? ok([]) : await yankReasons(repository, own);
  if (!marks.ok) return marks;
  if (marks.value.length > 0) return ok(new Map(following.map((tag) => [tag, undefined])));
  const tags = await repository.listTags();
  if (!tags.ok) return tags;
  const holders = new Map<string, PublishedTag>();
  for (const tag of following) {
    const good = await firstGood(repository, higherReleases(tag, version, tags.value));
    if (!good.ok) return good;
    if (good.value) holders.set(tag, good.value);
  }
  return ok(holders);
}
