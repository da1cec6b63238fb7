import type { CheckedMembers } from './check-members';
import type { Member } from './member';
import { commonFolder } from './terms';

/** Entries as they look from within the one folder that all of them lie in, each with the entry that it is of. */
export function fromTopFolder(members: CheckedMembers): { members: CheckedMembers; originals: Originals } {
  const top = commonFolder(members.good);
  const originals = new Map<Member, Member>();
  const seen = (member: Member): Member => {
    const moved = top !== '' && member.path.startsWith(top) ? within(member, top) : member;
    originals.set(moved, member);
    return moved;
  };
  const isBelow = ({ path }: Member): boolean => path.startsWith(top);
  const good = members.good.filter(isBelow).map(seen);
  const bad = members.bad.map(({ member, what }) => ({ member: seen(member), what }));
  return { members: { good, bad }, originals };
}

/** The entry of the archive itself. */
export type Originals = ReadonlyMap<Member, Member>;

function within(member: Member, top: string): Member {
  const path = member.path.slice(top.length);
  // A hard link names the other entry by its whole path; a symlink is read from where it is.
  if (member.type !== 'hardlink') return { ...member, path };
  return { ...member, path, linkTarget: (member.linkTarget ?? '').slice(top.length) };
}
