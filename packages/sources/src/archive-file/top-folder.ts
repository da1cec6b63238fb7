import type { Member, OpenArchive } from './member';
import { commonFolder } from './terms';

/** An archive as it looks from within the one folder that all of it lies in; as it is where there is none. */
export function fromTopFolder(archive: OpenArchive): OpenArchive {
  const top = commonFolder(archive.members);
  if (top === '') return archive;
  const originals = new Map<Member, Member>();
  for (const member of archive.members)
    if (member.path.startsWith(top)) originals.set(within(member, top), member);
  return {
    members: [...originals.keys()],
    contentOf: (member) => archive.contentOf(originals.get(member) ?? member),
    close: () => archive.close(),
  };
}

function within(member: Member, top: string): Member {
  const path = member.path.slice(top.length);
  // A hard link names the other entry by its whole path; a symlink is read from where it is.
  if (member.type !== 'hardlink') return { ...member, path };
  return { ...member, path, linkTarget: (member.linkTarget ?? '').slice(top.length) };
}
