import type { CheckedMembers } from './check-members';
import type { Member } from './member';
import { commonFolder } from './terms';

/** Returns the entries relative to the one folder that contains all of them, each with its original entry. */
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

/** Returns the original entry of the archive. */
export type Originals = ReadonlyMap<Member, Member>;

function within(member: Member, top: string): Member {
  const path = member.path.slice(top.length);
  // The target of a hard link is relative to the archive, that of a symlink to its own folder.
  if (member.type !== 'hardlink') return { ...member, path };
  return { ...member, path, linkTarget: (member.linkTarget ?? '').slice(top.length) };
}
