import { posix } from 'node:path';
import { ArchiveFault } from './fault';
import type { ArchiveLimits } from './limits';
import type { Member } from './member';

/** How many bad entries are told. */
const TOLD = 5;

/** How an archive's own links are read. */
export interface LinkRules {
  /** A target that begins with "/" means the archive's root, as in a package of a whole system. */
  readonly absoluteLinks: 'refused' | 'inside';
}

/**
 * Throws `ArchiveFault` that names the bad entries of an archive: names that leave it, links that do, devices,
 * names that are there twice, files below files. One bad entry is reason to take nothing, wanted or not.
 */
export function checkMembers(members: readonly Member[], limits: ArchiveLimits, rules: LinkRules): void {
  if (members.length > limits.entries) throw new ArchiveFault(`has more than ${limits.entries} entries`);
  const byPath = new Map(members.map((member) => [member.path, member]));
  const seen = new Map<string, Member>();
  const bad: string[] = [];
  for (const member of members) {
    const fault =
      nameFault(member.path, limits) ??
      typeFault(member) ??
      linkFault(member, rules) ??
      twiceFault(member, seen) ??
      parentFault(member, byPath);
    if (fault !== undefined) bad.push(`"${printable(member.path)}", ${fault}`);
    seen.set(member.path, member);
  }
  const [first, ...rest] = bad;
  if (first === undefined) return;
  const more = bad.length > TOLD ? [`and ${bad.length - TOLD} more`] : [];
  throw new ArchiveFault(`holds ${first}`, 'archive-format', [...rest.slice(0, TOLD - 1), ...more]);
}

function nameFault(path: string, limits: ArchiveLimits): string | undefined {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'whose name is absolute';
  if (path.split('/').includes('..')) return 'whose name leaves the archive by ".."';
  if (/[\u0000-\u001f\u007f\ufffd]/.test(path)) return 'whose name is no text';
  if (Buffer.byteLength(path) > limits.pathBytes) return 'whose name is longer than a path can be';
  return undefined;
}

const SPECIAL: Readonly<Partial<Record<Member['type'], string>>> = {
  char: 'which is a device',
  block: 'which is a device',
  fifo: 'which is a pipe or socket',
};

function typeFault({ type }: Member): string | undefined {
  return SPECIAL[type];
}

function linkFault(
  { path, type, linkTarget = '' }: Member,
  { absoluteLinks }: LinkRules,
): string | undefined {
  if (type !== 'symlink') return undefined;
  if (linkTarget === '') return 'which is a link to nowhere';
  const absolute = linkTarget.startsWith('/');
  if (absolute && absoluteLinks === 'refused')
    return `which is a link to the absolute path "${printable(linkTarget)}"`;
  const leaves = !absolute && posix.join(path, '..', linkTarget).split('/')[0] === '..';
  return leaves ? `which is a link out of the archive, to "${printable(linkTarget)}"` : undefined;
}

function twiceFault({ path, type }: Member, seen: ReadonlyMap<string, Member>): string | undefined {
  const before = seen.get(path);
  if (!before || (type === 'directory' && before.type === 'directory')) return undefined;
  return 'which is there twice';
}

function parentFault({ path }: Member, byPath: ReadonlyMap<string, Member>): string | undefined {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const above = byPath.get(path.slice(0, end));
    if (above && above.type !== 'directory') return `which lies below "${above.path}", a ${above.type}`;
  }
  return undefined;
}

function printable(text: string): string {
  const escaped = text.replace(
    /[\u0000-\u001f\u007f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return escaped.length > 200 ? `${escaped.slice(0, 200)}…` : escaped;
}
