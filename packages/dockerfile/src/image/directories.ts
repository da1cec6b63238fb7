import { posix } from 'node:path';
import type { Findings } from '../findings';
import type { Stage } from '../stage';
import type { Inherited } from './inherited';
import type { ProposedUsers } from './users';

/** A folder as image.json has it. */
export interface Directory {
  readonly path: string;
  readonly mode: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** Whose home a folder is. */
interface Home {
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * "directories" of image.json: folders that were made, the last WORKDIR, and homes that files are put into, which
 * would be root's else. Those that a parent declares stay as they are there.
 *
 * @param files paths of the image's own files
 */
export function proposeDirectories(
  stage: Stage,
  {
    users,
    inherited,
    files,
  }: {
    readonly users: ProposedUsers['known'];
    readonly inherited: Inherited;
    readonly files: readonly string[];
  },
  findings: Findings,
): Directory[] {
  const homes = homesOf(stage, users, inherited);
  const made = [...stage.files.folders].flatMap(([path, { mode, owner, pieces }]): Directory[] => {
    const isThere = homes.has(path) || inherited.folders.has(path);
    const where = isThere ? `${path}, which is there` : `"directories" of image.json: ${path}`;
    pieces.forEach((piece) => findings.carried(piece, where));
    return isThere ? [] : [{ path, mode: mode ?? '0755', ...owned(owner, users) }];
  });
  return unique([...made, ...workdirOf(stage, homes, inherited), ...foldersInHomes(files, homes)]);
}

function homesOf(
  stage: Stage,
  users: ProposedUsers['known'],
  inherited: Inherited,
): ReadonlyMap<string, Home> {
  const own = stage.users.flatMap(({ value }): [string, Home][] => {
    const user = users.get(value.name);
    return user?.home === undefined ? [] : [[user.home, { mode: '0755', uid: user.uid, gid: user.gid }]];
  });
  const others = inherited.users.map(({ home, homeMode, uid, gid }): [string, Home] => [
    home,
    { mode: homeMode, uid, gid },
  ]);
  return new Map([...others, ...own]);
}

function workdirOf(stage: Stage, homes: ReadonlyMap<string, Home>, inherited: Inherited): Directory[] {
  const path = stage.workdirs.at(-1)?.value;
  if (path === undefined || homes.has(path) || inherited.folders.has(path) || stage.files.isFolder(path))
    return [];
  return [{ path, mode: '0755' }];
}

/** A home that a file lies in, and the folders between the two. */
function foldersInHomes(files: readonly string[], homes: ReadonlyMap<string, Home>): Directory[] {
  return files.flatMap((file) => {
    const [path, home] = [...homes].find(([one]) => file.startsWith(`${one}/`)) ?? [];
    if (path === undefined || home === undefined) return [];
    const folders = parentsWithin(file, path).map((folder) => ({
      path: folder,
      ...owner(home),
      mode: '0755',
    }));
    return [{ path, ...owner(home), mode: home.mode }, ...folders];
  });
}

function owner({ uid, gid }: Home): { readonly uid: number; readonly gid: number } {
  return { uid, gid };
}

function parentsWithin(file: string, top: string): string[] {
  const folders: string[] = [];
  for (let folder = posix.dirname(file); folder !== top; folder = posix.dirname(folder))
    folders.unshift(folder);
  return folders;
}

function unique(directories: readonly Directory[]): Directory[] {
  return [...new Map(directories.map((directory) => [directory.path, directory])).values()];
}

/** "dev:dev", "1000:1000" in numbers; root's, where the name is not known. */
function owned(
  text: string | undefined,
  users: ProposedUsers['known'],
): { readonly uid?: number; readonly gid?: number } {
  const [name = '', group = name] = (text ?? '').split(':');
  const uid = numberOf(name) ?? users.get(name)?.uid;
  const gid = numberOf(group) ?? users.get(group)?.gid ?? users.get(name)?.gid;
  return { ...(uid ? { uid } : {}), ...(gid ? { gid } : {}) };
}

function numberOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
