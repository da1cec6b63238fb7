import { readTar, type FilePart, type TarEntry } from '@image-tooling/layer';
import { faultOfArchive } from './fault';
import type { ArchiveLimits } from './limits';
import type { FileRange, Member, OpenArchive } from './member';

/** A tar: a file, or a part of one. */
export interface TarPlace {
  readonly file: string;
  readonly part?: FilePart;
}

/** Opens an uncompressed tar without copying its contents. Throws a `Fault` as `readTar` fails. */
export async function openTar(
  { file, part }: TarPlace,
  name: string,
  limits: ArchiveLimits,
): Promise<OpenArchive> {
  const rules = { name, keepUnsafeNames: true, refuseBytesAfterEnd: true, maxEntries: limits.entries };
  const read = await readTar(file, part, rules);
  if (!read.ok) throw faultOfArchive(read.failures[0], read.failures[0].message);
  const ranges = new Map<Member, FileRange>();
  const members = read.value.map((entry) => {
    const member = memberOf(entry);
    ranges.set(member, rangeOf(entry, file));
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

function rangeOf({ content }: TarEntry, file: string): FileRange {
  return content.kind === 'range' ? content : { file, offset: 0, length: 0 };
}

function memberOf({ path, type, mode, size, linkTarget }: TarEntry): Member {
  const target = linkTarget === undefined ? {} : { linkTarget: textOf(linkTarget) };
  return { path: textOf(path), type, mode, size, ...target };
}

/**
 * Names of tools are UTF-8; an invalid byte becomes a replacement character, which `checkMembers` refuses.
 */
function textOf(byteString: string): string {
  return Buffer.from(byteString, 'latin1').toString('utf8');
}
