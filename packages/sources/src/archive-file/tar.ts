import { ArchiveFault } from './fault';
import type { ArchiveLimits } from './limits';
import type { FileRange, Member, OpenArchive, ReadTar, TarMember } from './member';

/** Where a tar is: a file, or a part of one. */
export interface TarPlace {
  readonly file: string;
  readonly part?: { readonly offset: number; readonly length: number };
}

/** Opens an uncompressed tar: its contents stay where they are. Throws `ArchiveFault`. */
export async function openTar(
  { file, part }: TarPlace,
  name: string,
  limits: ArchiveLimits,
  readTar: ReadTar,
): Promise<OpenArchive> {
  const read = await readTar(file, part, {
    name,
    keepUnsafeNames: true,
    refuseBytesAfterEnd: true,
    maxEntries: limits.entries,
  });
  if (!read.ok) throw faultOf(read.failures[0], name);
  const ranges = new Map<Member, FileRange>();
  const members = read.value.map((entry) => {
    const member = memberOf(entry);
    const { offset = 0, length = 0 } = entry.content;
    ranges.set(member, { file, offset, length });
    return member;
  });
  return {
    members,
    async contentOf(member) {
      const range = ranges.get(member);
      if (!range) throw new Error(`${member.path} is not of this archive`);
      return range;
    },
    close: () => undefined,
  };
}

function memberOf({ path, type, mode, size, linkTarget }: TarMember): Member {
  const target = linkTarget === undefined ? {} : { linkTarget: textOf(linkTarget) };
  return { path: textOf(path), type, mode, size, ...target };
}

/** Names of tools are UTF-8; a stray byte becomes a replacement character, which `checkMembers` refuses. */
function textOf(byteString: string): string {
  return Buffer.from(byteString, 'latin1').toString('utf8');
}

function faultOf(
  { message, details }: { readonly message: string; readonly details?: readonly string[] },
  name: string,
): ArchiveFault {
  const what = message.startsWith(`${name} `) ? message.slice(name.length + 1) : `can't be read: ${message}`;
  return new ArchiveFault(what.replace(/\.$/, ''), 'archive-format', details);
}
