import {
  higherReleases,
  ok,
  tagMoves,
  type Digest,
  type Result,
  type TagFacts,
  type TagMove,
} from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';
import { newestPublished } from '../registry/main-commits';
import { yankedReleases } from '../registry/yanked';
import type { Publication } from './publication';

/** What decides the tags of a publish. */
export type TagRequest = Pick<Publication, 'image' | 'mode' | 'wanted' | 'newerCommits'>;

interface TagQuestion {
  /** Looks for a version or commit that holds a tag also if all tags point to the index. */
  readonly isFinal?: boolean;
}

/**
 * Returns what is to be done for each tag. Lists all tags only if a version or commit must be compared with others.
 * Fails with `tag-taken` if a tag that is written once has another digest, and as the registry does.
 */
export async function planTags(
  repository: Repository,
  request: TagRequest,
  index: Digest,
  { isFinal = false }: TagQuestion = {},
): Promise<Result<TagMove[]>> {
  const { image, mode, wanted } = request;
  const heads = new Map<string, Digest>();
  for (const { tag } of wanted) {
    const head = await repository.headManifest(tag);
    if (!head.ok) return head;
    if (head.value) heads.set(tag, head.value.digest);
  }
  const isDone = !isFinal && wanted.every(({ tag }) => heads.get(tag) === index);
  const facts = isDone ? ok({ tags: [], heads }) : await withHolders(repository, request, { index, heads });
  return facts.ok ? tagMoves({ image, mode, wanted, facts: facts.value, index }) : facts;
}

interface Heads extends Pick<TagFacts, 'heads'> {
  readonly index: Digest;
}

/** Adds what keeps tags from moving back. */
async function withHolders(
  repository: Repository,
  { mode, wanted, newerCommits }: TagRequest,
  { index, heads }: Heads,
): Promise<Result<TagFacts>> {
  const moving = wanted.filter(({ rule }) => rule === 'forward').map(({ tag }) => tag);
  if (moving.length === 0 || mode.kind === 'branch') return ok({ tags: [], heads });
  if (mode.kind === 'release') return withReleases(repository, mode.version, moving, heads);
  const commits = await newerCommits();
  if (!commits.ok) return commits;
  const newer = await newestPublished(repository, commits.value);
  if (!newer.ok || newer.value === undefined) return newer.ok ? ok({ tags: [], heads }) : newer;
  const head = await repository.headManifest(newer.value);
  if (!head.ok) return head;
  const isSame = head.value === undefined || head.value.digest === index;
  return ok({ tags: [], heads, ...(!isSame && { newer: newer.value }) });
}

async function withReleases(
  repository: Repository,
  version: string,
  moving: readonly string[],
  heads: TagFacts['heads'],
): Promise<Result<TagFacts>> {
  const tags = await repository.listTags();
  if (!tags.ok) return tags;
  const higher = moving.flatMap((tag) => higherReleases(tag, version, tags.value));
  const own = heads.has(version) ? [version] : [];
  const yanked = await yankedReleases(repository, [...own, ...new Set(higher)]);
  return yanked.ok ? ok({ tags: tags.value, heads, yanked: yanked.value }) : yanked;
}

/** Returns whether there is nothing to write for a tag. */
export function isSettled(move: TagMove): boolean {
  return move.action === 'same' || (move.action === 'held' && !isMovedBack(move));
}

/** Returns whether a tag that belongs to a higher version or newer commit points to what is published here. */
export function isMovedBack({ action, heldBy, from, to }: TagMove): boolean {
  return action === 'held' && heldBy !== undefined && from === to;
}
