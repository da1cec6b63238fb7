import { posix } from 'node:path';
import { ArchiveFault } from './fault';
import type { ArchiveLimits } from './limits';
import type { Member } from './member';
import { cutText } from '@image-tooling/model';

/** How links in an archive are interpreted. */
export interface LinkRules {
  /** Whether "/" at the start of a target is the archive's root, as in a Debian package. */
  readonly absoluteLinks: 'refused' | 'inside';
}

/** A refused entry, and why. */
export interface BadMember {
  readonly member: Member;
  /** With the entry's name: `"../x", whose name leaves the archive by ".."`. */
  readonly what: string;
}

export interface CheckedMembers {
  readonly good: readonly Member[];
  readonly bad: readonly BadMember[];
}

/**
 * Separates the safe entries of an archive from the bad ones: names that leave it or that layers reserve,
 * links that leave it, devices, duplicate names, files below files. Throws `ArchiveFault` for more entries
 * than the limits allow.
 */
export function checkMembers(
  members: readonly Member[],
  limits: ArchiveLimits,
  rules: LinkRules,
): CheckedMembers {
  if (members.length > limits.entries) throw new ArchiveFault(`has more than ${limits.entries} entries`);
  const seen = new SeenPaths(members);
  const good: Member[] = [];
  const bad: BadMember[] = [];
  for (const member of members) {
    const fault =
      nameFault(member.path, limits) ??
      typeFault(member) ??
      linkFault(member, rules) ??
      seen.twiceFault(member) ??
      seen.parentFault(member);
    if (fault === undefined) good.push(member);
    else bad.push({ member, what: `"${printable(member.path)}", ${fault}` });
  }
  return { good, bad };
}

function nameFault(path: string, limits: ArchiveLimits): string | undefined {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'whose name is absolute';
  const parts = path.split('/');
  if (parts.includes('..')) return 'whose name leaves the archive by ".."';
  if (/[\u0000-\u001f\u007f\ufffd]/.test(path)) return 'whose name has control characters or is not UTF-8';
  if (Buffer.byteLength(path) > limits.pathBytes) return 'whose name is too long for a path';
  if (parts.some((part) => part.startsWith(WHITEOUT)))
    return `whose name begins with "${WHITEOUT}": in a layer that removes another file`;
  return undefined;
}

/** OCI image-spec 1.1, layer.md, "Whiteouts": files of a layer can't have such names. */
const WHITEOUT = '.wh.';

const SPECIAL: Readonly<Partial<Record<Member['type'], string>>> = {
  char: 'which is a device',
  block: 'which is a device',
  fifo: 'which is a pipe or socket',
};

function typeFault({ type, unreadable }: Member): string | undefined {
  return unreadable === undefined ? SPECIAL[type] : `which ${unreadable}`;
}

function linkFault(
  { path, type, linkTarget = '' }: Member,
  { absoluteLinks }: LinkRules,
): string | undefined {
  if (type !== 'symlink' && type !== 'hardlink') return undefined;
  if (linkTarget === '') return 'which is a link to nowhere';
  const absolute = linkTarget.startsWith('/');
  if (absolute && (type === 'hardlink' || absoluteLinks === 'refused'))
    return `which is a link to the absolute path "${printable(linkTarget)}"`;
  const from = type === 'hardlink' ? '' : posix.dirname(path);
  const leaves = !absolute && posix.join(from, linkTarget).split('/')[0] === '..';
  return leaves ? `which is a link out of the archive, to "${printable(linkTarget)}"` : undefined;
}

/** The entries of an archive by path. */
class SeenPaths {
  private readonly byPath = new Map<string, { count: number; other?: Member }>();

  constructor(members: readonly Member[]) {
    for (const member of members) {
      const { count = 0, other } = this.byPath.get(member.path) ?? {};
      const isOther = member.type !== 'directory';
      this.byPath.set(member.path, { count: count + 1, other: isOther ? member : other });
    }
  }

  /** Only folders may be repeated; a repeated file is ambiguous. */
  twiceFault({ path }: Member): string | undefined {
    const { count = 0, other } = this.byPath.get(path) ?? {};
    return count > 1 && other ? 'which is there twice' : undefined;
  }

  parentFault({ path }: Member): string | undefined {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = this.byPath.get(path.slice(0, end))?.other;
      if (above) return `which lies below "${printable(above.path)}", a ${above.type}`;
    }
    return undefined;
  }
}

export function printable(text: string): string {
  const escaped = text.replace(
    /[\u0000-\u001f\u007f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return cutText(escaped, 200);
}
