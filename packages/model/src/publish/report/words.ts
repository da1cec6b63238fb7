import { shortHex, type Digest } from '../../digest';
import { shortCommit } from '../tags/slug';
import { releaseOf } from '../tags/versions';
import type { PublishMode, PublishReport, TagMove } from '../types';

/** Returns a digest that a person can tell from others: `sha256:0123456789ab`. */
export function shortDigest(digest: Digest): string {
  return `sha256:${shortHex(digest)}`;
}

/** "release 1.2.3", "branch feature/x" */
export function modeWords(mode: PublishMode): string {
  if (mode.kind === 'release') return `release ${mode.version}`;
  return mode.kind === 'branch' ? `branch ${mode.branch}` : 'main branch';
}

/** "commit 0123456789ab" */
export function commitWords({ commit }: PublishReport): string {
  return `commit ${shortCommit({ id: commit })}`;
}

/** Returns the result for a tag; in a dry run, the planned one. */
export function tagWords(move: TagMove, dryRun: boolean): string {
  if (move.action === 'same') return 'unchanged';
  if (move.action === 'held') return heldWords(move.heldBy);
  const words = { create: 'created', move: 'moved' }[move.action];
  return dryRun ? `would be ${words}` : words;
}

function heldWords(heldBy: string | undefined): string {
  if (heldBy === undefined) return 'stays: marked as bad';
  return releaseOf(heldBy) === undefined ? `stays: ${heldBy} is newer` : `stays at ${heldBy}`;
}

/** Returns the commands that pull the image: by tag, and by digest. */
export function pullCommands({ repository, mode, tags, index }: PublishReport): string[] {
  const right = tags.filter(({ action }) => action !== 'held');
  const tag = (mode.kind === 'release' ? right[0] : right.at(-1))?.tag;
  return [
    ...(tag === undefined ? [] : [`docker pull ${repository}:${tag}`]),
    `docker pull ${repository}@${index}`,
  ];
}
