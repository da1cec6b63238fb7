import { posix } from 'node:path';
import type { BadMember } from './check-members';
import { ArchiveFault } from './fault';
import type { Member } from './member';
import { ArchiveTree } from './tree';

/** How many bad entries a message lists. */
const NAMED = 5;

/**
 * Throws `ArchiveFault` if a bad entry may affect what is taken: it is at the path of a wanted file or in a
 * wanted folder, or a tool that follows ".." and links would unpack it there.
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

/** Returns one line about the skipped entries; undefined if there are no such entries. */
export function leftOut(bad: readonly BadMember[]): string | undefined {
  const [first, ...rest] = new Set(bad.map(({ what }) => what));
  if (first === undefined) return undefined;
  return `skipped unwanted entries that can't be read safely: ${[first, ...withCount(rest)].join('; ')}`;
}

function withCount(rest: readonly string[]): string[] {
  const more = rest.length >= NAMED ? [`and ${rest.length - NAMED + 1} more`] : [];
  return [...rest.slice(0, NAMED - 1), ...more];
}

/** Returns the paths that an entry has or may have for other tools. */
function pathsOf({ path }: Member, whole: ArchiveTree): string[] {
  const inside = posix.normalize(`/${path.replace(/^[A-Za-z]:/, '')}`).slice(1);
  return [...new Set([path, inside, whole.resolve(inside) ?? inside])];
}
