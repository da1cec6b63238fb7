import { posix } from 'node:path';
import type { Member } from './member';

/** As many links as Linux follows in one path (path_resolution(7)). */
const MOST_LINKS = 40;

/** The entries of an archive as a file system. */
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

  /** Returns whether an entry at this path would have changed the results so far. */
  looksAt(path: string): boolean {
    if (this.asked.has(path)) return true;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (this.listed.has(path.slice(0, end))) return true;
    return false;
  }

  /** Returns whether the path is a folder, also if only its content has entries. */
  isFolder(path: string): boolean {
    return this.at(path)?.type === 'directory' || this.below(path).length > 0;
  }

  /** Returns everything in a folder and its folders; in the archive, for the empty text. */
  below(folder: string): Member[] {
    this.listed.add(folder);
    return this.members.filter(({ path }) => path !== '' && (folder === '' || path.startsWith(`${folder}/`)));
  }

  /** Returns the paths of all files and links. */
  names(): string[] {
    return this.members.flatMap(({ path, type }) => (type === 'directory' ? [] : [path]));
  }

  /** Returns the target of a link as a path in the archive, which may be another link. */
  leadsTo({ path, linkTarget = '' }: Member): string {
    if (linkTarget.startsWith('/')) return posix.normalize(linkTarget).slice(1);
    return posix.join(path, '..', linkTarget).replace(/\/$/, '');
  }

  /** Returns the path with all links followed; undefined if links form a circle or leave the archive. */
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

  /** Returns the file at a path, with links followed; undefined if there is no file. */
  file(path: string): Member | undefined {
    const resolved = this.resolve(path);
    const member = resolved === undefined ? undefined : this.at(resolved);
    if (member?.type === 'hardlink') return this.file(member.linkTarget ?? '');
    return member?.type === 'file' ? member : undefined;
  }
}
