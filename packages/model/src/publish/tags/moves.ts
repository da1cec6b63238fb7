import { valid } from 'semver';
import type { Digest } from '../../digest';
import type { Failure } from '../../failure';
import { failWith, ok, type Result } from '../../result';
import type { PublishMode, TagFacts, TagMove, WantedTag } from '../types';
import { higherReleases } from './versions';

export interface MovesInput {
  readonly image: string;
  readonly mode: PublishMode;
  /** From `wantedTags`: their order is kept. */
  readonly wanted: readonly WantedTag[];
  readonly facts: TagFacts;
  /** What is published. */
  readonly index: Digest;
}

/** Plans each wanted tag. Fails with `tag-taken` for each tag that is written once and has another digest. */
export function tagMoves(input: MovesInput): Result<TagMove[]> {
  const taken = input.wanted.flatMap((wanted) => takenBy(wanted, input));
  return taken.length > 0
    ? failWith(taken.map(tagTaken))
    : ok(input.wanted.map((wanted) => moveOf(wanted, input)));
}

/** A tag that is written once and points to something else. */
export interface TakenTag {
  readonly image: string;
  readonly tag: string;
  readonly there: Digest;
  readonly ours: Digest;
}

function takenBy({ tag, rule }: WantedTag, { image, facts, index }: MovesInput): TakenTag[] {
  const there = facts.heads.get(tag);
  return rule !== 'once' || there === undefined || there === index
    ? []
    : [{ image, tag, there, ours: index }];
}

function moveOf({ tag, rule }: WantedTag, { mode, facts, index }: MovesInput): TagMove {
  const head = facts.heads.get(tag);
  const move = { tag, to: index, ...(head !== undefined && { from: head }) };
  const held = rule === 'forward' ? holder(tag, mode, facts) : undefined;
  if (held !== undefined) return { ...move, action: 'held', ...held };
  if (head === index) return { ...move, action: 'same' };
  return { ...move, action: head === undefined ? 'create' : 'move' };
}

/** Returns what keeps a version or commit from moving a tag. */
function holder(tag: string, mode: PublishMode, facts: TagFacts): Pick<TagMove, 'heldBy'> | undefined {
  if (mode.kind === 'release') return higherHolder(tag, mode.version, facts);
  return facts.newer === undefined ? undefined : { heldBy: facts.newer };
}

/** Returns a higher version that is not marked as bad, or the mark of this one. */
function higherHolder(
  tag: string,
  version: string,
  { tags, yanked = new Set() }: TagFacts,
): Pick<TagMove, 'heldBy'> | undefined {
  if (yanked.has(version)) return {};
  const heldBy = higherReleases(tag, version, tags).find((release) => !yanked.has(release));
  return heldBy === undefined ? undefined : { heldBy };
}

/**
 * Returns the failure for a tag that may not be written again, with what to do next: cut a version, or look
 * what differs.
 */
export function tagTaken({ image, tag, there, ours }: TakenTag): Failure {
  const isRelease = valid(tag) !== null;
  return {
    code: 'tag-taken',
    message: isRelease
      ? `${image} ${tag} is already published with other content. Releases are never changed.`
      : `The tag ${tag} of ${image} points to another digest: something else published it.`,
    details: [`in the registry: ${there}`, `to publish:      ${ours}`],
    hint: isRelease
      ? `Release a new version. If ${tag} was meant to be this, see what differs: git diff --stat ${image}@${tag}`
      : `Build it again and compare: npx nx run ${image}:build-all --skip-nx-cache; a new commit gets a tag of its own.`,
  };
}
