import { shortHex, type Digest } from '../../digest';
import { shortCommit } from '../tags/slug';
import type { PublishMode, PublishReport, TagMove } from '../types';

/** A digest that a person can tell from others: `sha256:0123456789ab`. */
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

/** What became of a tag; in a dry run, what would. */
export function tagWords(move: TagMove, dryRun: boolean): string {
  if (move.action === 'same') return 'as it was';
  if (move.action === 'held')
    return move.heldBy === undefined ? 'stays: marked as bad' : `stays at ${move.heldBy}`;
  const words = { create: 'created', move: 'moved' }[move.action];
  return dryRun ? `would be ${words}` : words;
}

/** The commands that pull what was published: by the tag that people want, and by the digest that never moves. */
export function pullCommands({ repository, mode, tags, index }: PublishReport): string[] {
  const right = tags.filter(({ action }) => action !== 'held');
  const tag = (mode.kind === 'release' ? right[0] : right.at(-1))?.tag;
  return [
    ...(tag === undefined ? [] : [`docker pull ${repository}:${tag}`]),
    `docker pull ${repository}@${index}`,
  ];
}
