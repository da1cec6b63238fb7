import {
  isSettled,
  ok,
  type PublishedTag,
  type Result,
  type RunContext,
  type TagMove,
} from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';
import { planTags, type TagRequest } from '../publish/tags';
import { writeTags } from '../publish/write-tags';

/** A tag that was moved, and to what. */
export interface SettledTag {
  readonly tag: string;
  /** The tag whose image it has now. */
  readonly to: string;
}

/** Returns whether an image is published, and its tags are where they belong. Fails as the registry does. */
export async function isPublished(repository: Repository, request: TagRequest): Promise<Result<boolean>> {
  const planned = await planPublished(repository, request);
  return planned.ok ? ok(planned.value?.moves.every(isSettled) ?? false) : planned;
}

interface Settling {
  /** Asks which commits of main are newer now, since others push while this runs. */
  readonly newerCommits: TagRequest['newerCommits'];
  readonly context: RunContext;
}

/** Moves the tags of a published image to where they belong, as its publish does. Fails as `writeTags` does. */
export async function settleTags(
  repository: Repository,
  request: TagRequest,
  { newerCommits, context }: Settling,
): Promise<Result<SettledTag[]>> {
  const planned = await planPublished(repository, request);
  if (!planned.ok || !planned.value) return planned.ok ? ok([]) : planned;
  const { own, moves } = planned.value;
  if (moves.every(isSettled)) return ok([]);
  const index = await repository.getManifest(own.digest);
  if (!index.ok || !index.value) return index.ok ? ok([]) : index;
  const writes = { moves, request: { ...request, newerCommits }, context };
  const done = await writeTags(repository, index.value, writes);
  if (!done.ok) return done;
  const open = new Set(moves.filter((move) => !isSettled(move)).map(({ tag }) => tag));
  const moved = done.value.filter(({ tag }) => open.has(tag));
  return ok(moved.map(({ tag, heldBy }) => ({ tag, to: heldBy ?? own.tag })));
}

interface PlannedTags {
  /** The tag that only this image has: of its version or commit. */
  readonly own: PublishedTag;
  readonly moves: readonly TagMove[];
}

/** Returns undefined if the image is not published. */
async function planPublished(
  repository: Repository,
  request: TagRequest,
): Promise<Result<PlannedTags | undefined>> {
  const { tag } = request.wanted[0]!;
  const head = await repository.headManifest(tag);
  if (!head.ok || !head.value) return head.ok ? ok(undefined) : head;
  const { digest } = head.value;
  // Which commits are newer is known; which releases are higher costs requests.
  const moves = await planTags(repository, request, digest, { isFinal: request.mode.kind === 'main' });
  return moves.ok ? ok({ own: { tag, digest }, moves: moves.value }) : moves;
}
