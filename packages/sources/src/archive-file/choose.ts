import { posix } from 'node:path';
import { nearest } from '@image-tooling/model';
import { refuseTouched } from './bad-members';
import type { CheckedMembers } from './check-members';
import { ArchiveFault } from './fault';
import type { Member } from './member';
import { ArchiveTree } from './tree';

/** The wanted files of an archive: path in it (".": all of it), and target path. */
export type WantedFiles = Readonly<Record<string, string>>;

export interface ChosenFile {
  readonly kind: 'file';
  readonly to: string;
  readonly member: Member;
  /** Whether it is wanted by its own name, not as a part of a folder. */
  readonly byName?: boolean;
}

/** A chosen entry. `to` is its target path. */
export type Chosen =
  | ChosenFile
  | { readonly kind: 'directory'; readonly to: string }
  | { readonly kind: 'link'; readonly to: string; readonly target: string };

/**
 * Chooses entries: a file, a folder with its content, or the target of a link that is wanted by name. Links
 * within a folder point to where their target goes; if that is not taken, a copy replaces the link. Throws
 * one `ArchiveFault` for all bad links, or for all missing files.
 */
export function chooseMembers(members: CheckedMembers, wanted: WantedFiles): Chosen[] {
  const tree = new ArchiveTree(members.good);
  const choice = new Choice(tree, wanted);
  for (const [from, to] of Object.entries(wanted)) choice.take(from, to);
  refuseTouched(members.bad, [...members.good, ...members.bad.map(({ member }) => member)], tree);
  return choice.end();
}

class Choice {
  private readonly chosen = new Map<string, Chosen>();
  private readonly missing: string[] = [];
  private readonly faults: string[] = [];

  constructor(
    private readonly tree: ArchiveTree,
    private readonly wanted: WantedFiles,
  ) {}

  take(from: string, to: string): void {
    const file = this.tree.file(from);
    if (file) this.add({ kind: 'file', to, member: file, byName: true });
    else this.takeFolder(from, to);
  }

  private takeFolder(from: string, to: string): void {
    const folder = this.tree.resolve(from);
    if (folder === undefined || !this.tree.isFolder(folder)) {
      if (this.tree.at(from)) this.faults.push(`holds the link "${from}", whose target is not in it`);
      else this.missing.push(from);
      return;
    }
    this.add({ kind: 'directory', to });
    for (const member of this.tree.below(folder))
      this.takeBelow(member, posix.join(to, member.path.slice(folder.length)));
  }

  end(): Chosen[] {
    if (this.missing.length > 0) throw missingFault(this.tree, this.missing);
    const [first, ...rest] = this.faults;
    if (first !== undefined) throw new ArchiveFault(first, 'archive-format', rest, CORRECT);
    return [...this.chosen.values()];
  }

  private takeBelow(member: Member, to: string): void {
    const file = this.tree.file(member.path);
    if (member.type === 'directory') this.add({ kind: 'directory', to });
    else if (member.type === 'symlink') this.takeLink(member, to);
    else if (file) this.add({ kind: 'file', to, member: file });
    else this.faults.push(`holds "${member.path}", a hard link to "${member.linkTarget}", which is missing`);
  }

  private takeLink(link: Member, to: string): void {
    const target = this.destinationOf(this.tree.leadsTo(link));
    const file = this.tree.file(link.path);
    if (target !== undefined)
      this.add({ kind: 'link', to, target: posix.relative(posix.dirname(to), target) });
    else if (file) this.add({ kind: 'file', to, member: file });
    else this.faults.push(`holds the link "${link.path}" to "${link.linkTarget}", which is not taken`);
  }

  /** Returns the target of a path in the archive; undefined if it is not taken. */
  private destinationOf(path: string): string | undefined {
    if (!this.tree.at(path) && !this.tree.isFolder(path)) return undefined;
    const covering = ([key]: readonly [string, string]): boolean =>
      path === key || path.startsWith(`${key}/`);
    const [from, to] = Object.entries(this.wanted).find(covering) ?? [];
    return from === undefined || to === undefined ? undefined : to + path.slice(from.length);
  }

  private add(chosen: Chosen): void {
    const before = this.chosen.get(chosen.to);
    if (before && (before.kind !== 'directory' || chosen.kind !== 'directory'))
      this.faults.push(`gives two files for "${chosen.to}"`);
    this.chosen.set(chosen.to, chosen);
  }
}

const CORRECT = 'Correct "files" in the tool.json.';
const NAMES_TOLD = 8;

function missingFault(tree: ArchiveTree, missing: readonly string[]): ArchiveFault {
  const names = tree.names();
  const near = missing.flatMap((path) => {
    const same = names.filter((name) => posix.basename(name) === posix.basename(path));
    return same.length > 0 ? same : (nearest(path, names) ?? []);
  });
  const told = (near.length > 0 ? [...new Set(near)] : names).slice(0, NAMES_TOLD);
  const rest =
    near.length > 0 ? [] : names.length > told.length ? [`and ${names.length - told.length} more`] : [];
  return new ArchiveFault(
    `has no ${missing.map((path) => `"${path}"`).join(', ')}`,
    'archive-format',
    told.length === 0
      ? []
      : [`${near.length > 0 ? 'similar names' : 'it holds'}: ${[...told, ...rest].join(', ')}`],
    CORRECT,
  );
}
