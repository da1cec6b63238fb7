import { posix } from 'node:path';
import type { Member } from './member';

/** As many links as Linux follows in one path (path_resolution(7)). */
const MOST_LINKS = 40;

/** The entries of an archive as the file system they would be. */
export class ArchiveTree {
  private readonly byPath: ReadonlyMap<string, Member>;
  private readonly asked = new Set<string>();
  private readonly listed = new Set<string>();

  constructor(private readonly members: readonly Member[]) {
    this.byPath = new Map(members.map((member) => [member.path, member]));
  }

  at(path: string): Member | undefined {
    this.asked.add(path);
    return this.byPath.get(path);
  }

  /** Whether an entry at this path, were it there, would have changed what was found so far. */
  looksAt(path: string): boolean {
    if (this.asked.has(path)) return true;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (this.listed.has(path.slice(0, end))) return true;
    return false;
  }

  /** Whether the path is a folder; one that has no entry of its own is one by what is in it. */
  isFolder(path: string): boolean {
    return this.at(path)?.type === 'directory' || this.below(path).length > 0;
  }

  /** Everything in a folder and its folders. */
  below(folder: string): Member[] {
    this.listed.add(folder);
    return this.members.filter(({ path }) => path.startsWith(`${folder}/`));
  }

  /** Paths of all files and links. */
  names(): string[] {
    return this.members.flatMap(({ path, type }) => (type === 'directory' ? [] : [path]));
  }

  /** Where a link leads by itself, as a path in the archive; it may be a link again. */
  leadsTo({ path, linkTarget = '' }: Member): string {
    if (linkTarget.startsWith('/')) return posix.normalize(linkTarget).slice(1);
    return posix.join(path, '..', linkTarget).replace(/\/$/, '');
  }

  /** The path with every link on it followed; undefined where links lead in a circle or out of the archive. */
  resolve(path: string): string | undefined {
    const ahead = path.split('/');
    let at = '';
    for (let links = 0; ahead.length > 0;) {
      const part = ahead.shift();
      if (part === undefined || part === '' || part === '.') continue;
      if (part === '..') {
        if (at === '') return undefined;
        at = posix.dirname(at).replace(/^\.$/, '');
        continue;
      }
      const next = at === '' ? part : `${at}/${part}`;
      const member = this.at(next);
      if (member?.type !== 'symlink') at = next;
      else if (++links > MOST_LINKS) return undefined;
      else {
        if (member.linkTarget?.startsWith('/')) at = '';
        ahead.unshift(...(member.linkTarget ?? '').split('/'));
      }
    }
    return at;
  }

  /** The file that a path leads to, links followed; undefined where it leads to none. */
  file(path: string): Member | undefined {
    const resolved = this.resolve(path);
    const member = resolved === undefined ? undefined : this.at(resolved);
    if (member?.type === 'hardlink') return this.file(member.linkTarget ?? '');
    return member?.type === 'file' ? member : undefined;
  }
}
