import { posix } from 'node:path';
import type { Findings } from '../state/findings';
import type { Stage } from '../state/stage';
import type { Inherited } from './inherited';
import type { ProposedUsers } from './users';

/** An entry of "directories" in image.json. */
export interface Directory {
  readonly path: string;
  readonly mode: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** The mode and the owner of a home folder. */
interface Home {
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Returns "directories" of image.json: folders that the Dockerfile creates, the last WORKDIR, and home folders that
 * contain files, which would belong to root otherwise. Does not repeat those that a parent declares.
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
    const exists = homes.has(path) || inherited.folders.has(path);
    const where = exists ? `${path}, which exists already` : `"directories" of image.json: ${path}`;
    pieces.forEach((piece) => findings.imported(piece, where));
    return exists ? [] : [{ path, mode: mode ?? '0755', ...owned(owner, users) }];
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

/** Returns the home folders that contain files, and the folders between the two. */
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

/** Returns the ids in "dev:dev" or "1000:1000"; none, which means root, for unknown names. */
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
