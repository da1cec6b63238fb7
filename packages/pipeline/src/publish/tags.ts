import {
  fail,
  higherReleases,
  ok,
  tagTaken,
  type Digest,
  type PublishMode,
  type Result,
  type RunContext,
  type TagFacts,
  type TagMove,
  type WantedTag,
} from '@image-tooling/model';
import type { ManifestBytes, Repository } from '@image-tooling/oci';
import type { Publication } from './publication';
import { yankedReleases } from './yanked';

/** What to look up in a repository's tags. */
export interface TagQuestion {
  readonly mode: PublishMode;
  readonly wanted: readonly WantedTag[];
  readonly index: Digest;
}

/**
 * Returns the current state of the wanted tags. Lists all tags only if a version must be compared with
 * others.
 */
export async function tagFacts(repository: Repository, question: TagQuestion): Promise<Result<TagFacts>> {
  const { mode, wanted, index } = question;
  const heads = new Map<string, Digest>();
  for (const { tag } of wanted) {
    const head = await repository.headManifest(tag);
    if (!head.ok) return head;
    if (head.value) heads.set(tag, head.value.digest);
  }
  const isDone = wanted.every(({ tag }) => heads.get(tag) === index);
  const moving = wanted.filter(({ rule }) => rule === 'forward');
  if (mode.kind !== 'release' || moving.length === 0 || isDone) return ok({ tags: [], heads });
  const tags = await repository.listTags();
  if (!tags.ok) return tags;
  const higher = moving.flatMap(({ tag }) => higherReleases(tag, mode.version, tags.value));
  const own = heads.has(mode.version) ? [mode.version] : [];
  const yanked = await yankedReleases(repository, [...own, ...new Set(higher)]);
  return yanked.ok ? ok({ tags: tags.value, heads, yanked: yanked.value }) : yanked;
}

interface TagWrites {
  readonly moves: readonly TagMove[];
  readonly publication: Publication;
  readonly context: RunContext;
}

/**
 * Writes tags in their order, and reads each back. Writes a tag again that was deleted in the meantime; looks
 * up a write-once tag right before writing it. Fails with `tag-taken` if it has another digest.
 */
export async function writeTags(
  repository: Repository,
  index: ManifestBytes,
  { moves, publication, context }: TagWrites,
): Promise<Result<readonly TagMove[]>> {
  for (const move of moves) {
    if (isSettled(move)) continue;
    const step = context.progress.step(`tag ${move.tag}`);
    const written = await writeTag(repository, index, move.tag, publication);
    if (!written.ok) {
      step.failed();
      return written;
    }
    step.done({ origin: 'pushed' });
  }
  return publication.dryRun ? ok(moves) : confirm(repository, index, moves, publication);
}

async function writeTag(
  repository: Repository,
  index: ManifestBytes,
  tag: string,
  { wanted, image }: Publication,
): Promise<Result<void>> {
  if (wanted.some((one) => one.tag === tag && one.rule === 'once')) {
    const before = await repository.headManifest(tag);
    if (!before.ok) return before;
    if (before.value && before.value.digest !== index.digest)
      return fail(tagTaken({ image, tag, there: before.value.digest, ours: index.digest }));
  }
  return repository.putManifest(index, tag);
}

/** Checks tags again at the end, since they may be removed or moved after our write. */
async function confirm(
  repository: Repository,
  index: ManifestBytes,
  moves: readonly TagMove[],
  { image }: Publication,
): Promise<Result<readonly TagMove[]>> {
  for (const { tag, action } of moves) {
    if (action === 'held') continue;
    const there = await repository.headManifest(tag);
    if (!there.ok) return there;
    if (there.value?.digest === index.digest) continue;
    if (there.value) return fail(tagTaken({ image, tag, there: there.value.digest, ours: index.digest }));
    const again = await repository.putManifest(index, tag);
    if (!again.ok) return again;
  }
  return ok(moves);
}

/** Returns whether there is nothing to write for a tag. */
export function isSettled({ action }: TagMove): boolean {
  return action === 'same' || action === 'held';
}
