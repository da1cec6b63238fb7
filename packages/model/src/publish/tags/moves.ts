import { valid } from 'semver';
import type { Digest } from '../../digest';
import type { Failure } from '../../failure';
import { failWith, ok, type Result } from '../../result';
import type { TagFacts, TagMove, WantedTag } from '../types';

export interface MovesInput {
  readonly image: string;
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

function moveOf({ tag }: WantedTag, { facts: { heads, holders }, index }: MovesInput): TagMove {
  const head = heads.get(tag);
  const move = { tag, to: index, ...(head !== undefined && { from: head }) };
  const holder = holders.get(tag);
  if (holder) return { ...move, action: 'held', to: holder.digest, heldBy: holder.tag };
  if (holders.has(tag)) return { ...move, action: 'held' };
  if (head === index) return { ...move, action: 'same' };
  return { ...move, action: head === undefined ? 'create' : 'move' };
}

/** Returns whether there is nothing to write for a tag. */
export function isSettled({ action, from, to, heldBy }: TagMove): boolean {
  return from === to || (action === 'held' && heldBy === undefined);
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
