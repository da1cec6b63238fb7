import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { byBytes, displayPath } from '../bytes';
import type { TarEntry } from './entry';

/** An entry with its content and the identity of its file: hard links are replaced by their files. */
export interface Inode {
  readonly entry: TarEntry;
  /** The same for all names of one file; undefined if it has one name. */
  readonly links?: symbol;
}

/**
 * Replaces each hard link by the file it links to, so that entries can be dropped, replaced and sorted one by one. A
 * target that is not among the entries is searched in `lower`. Fails with `tar-format` for each missing target.
 */
export function dissolveLinks(
  entries: readonly TarEntry[],
  lower = new Map<string, Inode>(),
): Result<Map<string, Inode>> {
  const inodes = new Map<string, Inode>();
  const failures: Failure[] = [];
  for (const entry of entries) if (entry.type !== 'hardlink') inodes.set(entry.path, { entry });
  for (const link of entries.filter((entry) => entry.type === 'hardlink')) {
    const home = inodes.has(link.linkTarget!) ? inodes : lower;
    const from = home.get(link.linkTarget!);
    if (!from || from.entry.type === 'directory') failures.push(dangling(link));
    else inodes.set(link.path, anotherName(home, from, link.path));
  }
  const [first, ...rest] = failures;
  return first ? fail(first, ...rest) : ok(inodes);
}

/** Returns the entries sorted by path: the first name of a file is the file, the others are hard links. */
export function joinLinks(inodes: Iterable<Inode>): TarEntry[] {
  const firsts = new Map<symbol, string>();
  return [...inodes]
    .sort((a, b) => byBytes(a.entry.path, b.entry.path))
    .map(({ entry, links }) => {
      if (links === undefined) return entry;
      const first = firsts.get(links);
      if (first === undefined) firsts.set(links, entry.path);
      return first === undefined ? entry : asLink(entry, first);
    });
}

/** Returns the file under a second name, and marks its first name as shared. */
function anotherName(home: Map<string, Inode>, from: Inode, path: string): Inode {
  const links = from.links ?? Symbol(from.entry.path);
  home.set(from.entry.path, { ...from, links });
  return { entry: { ...from.entry, path }, links };
}

function asLink(entry: TarEntry, target: string): TarEntry {
  return {
    ...entry,
    type: 'hardlink',
    size: 0,
    linkTarget: target,
    content: { kind: 'bytes', bytes: new Uint8Array(0) },
  };
}

function dangling(link: TarEntry): Failure {
  return {
    code: 'tar-format',
    message: `"${displayPath(link.path)}" is a hard link to "${displayPath(link.linkTarget!)}", which is not in the same tar.`,
  };
}
