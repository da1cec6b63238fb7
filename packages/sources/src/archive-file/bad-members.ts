import { posix } from 'node:path';
import type { BadMember } from './check-members';
import { ArchiveFault } from './fault';
import type { Member } from './member';
import { ArchiveTree } from './tree';

/** How many bad entries are named. */
const NAMED = 5;

/**
 * Throws `ArchiveFault` where a bad entry could be meant by what is taken: it lies where a file was looked for or in a
 * folder that is taken, or would be unpacked there by a reader that follows ".." and links.
 */
export function refuseTouched(
  bad: readonly BadMember[],
  members: readonly Member[],
  taken: ArchiveTree,
): void {
  if (bad.length === 0) return;
  const whole = new ArchiveTree(members);
  const touched = bad.filter(({ member }) => pathsOf(member, whole).some((path) => taken.looksAt(path)));
  const [first, ...rest] = new Set(touched.map(({ what }) => what));
  if (first !== undefined) throw new ArchiveFault(`holds ${first}`, 'archive-format', withCount(rest));
}

/** One line about the entries that were left out; undefined where there are none. */
export function leftOut(bad: readonly BadMember[]): string | undefined {
  const [first, ...rest] = new Set(bad.map(({ what }) => what));
  if (first === undefined) return undefined;
  return `left out what is not wanted and can't be read safely: ${[first, ...withCount(rest)].join('; ')}`;
}

function withCount(rest: readonly string[]): string[] {
  const more = rest.length >= NAMED ? [`and ${rest.length - NAMED + 1} more`] : [];
  return [...rest.slice(0, NAMED - 1), ...more];
}

/** Where an entry is or could be meant to be. */
function pathsOf({ path }: Member, whole: ArchiveTree): string[] {
  const inside = posix.normalize(`/${path.replace(/^[A-Za-z]:/, '')}`).slice(1);
  return [...new Set([path, inside, whole.resolve(inside) ?? inside])];
}
