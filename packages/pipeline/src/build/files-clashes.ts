import {
  chainOf,
  type Failure,
  type Image,
  type ImageDefinition,
  type ImageUser,
} from '@image-tooling/model';
import { displayPath, parentsOf, toByteString, type TarEntry } from '@image-tooling/layer';
import type { Session } from '../session';

type Named = Pick<ImageDefinition, 'files' | 'directories'>;

/** The users of an image and of all that it is based on. */
export function usersOf(image: Image): ImageUser[] {
  return chainOf(image).flatMap(({ definition }) => definition.users);
}

/**
 * Returns a `rootfs` failure for each folder that an image declares, or that is the home of a user, where its rootfs
 * has a file or link instead, at the path or above it.
 *
 * @param users of the image and of all that it is based on
 */
export function filesClashes(
  file: string,
  entries: readonly TarEntry[],
  { files = '', directories }: Named,
  users: readonly ImageUser[],
): Failure[] {
  const others = new Map(entries.filter(({ type }) => type !== 'directory').map((one) => [one.path, one]));
  const folders = [
    ...directories.map(({ path }) => ({ path, what: '"directories" has the folder' })),
    ...users.map(({ home, name }) => ({ path: home, what: `The home of the user "${name}" is` })),
  ];
  return folders.flatMap(({ path, what }): Failure[] => {
    const bytes = toByteString(path.slice(1));
    const clash = [bytes, ...parentsOf(bytes)].flatMap((one) => others.get(one) ?? []).at(0);
    if (!clash) return [];
    const found = `${clash.type === 'symlink' ? 'link' : clash.type} /${displayPath(clash.path)}`;
    return [
      {
        code: 'rootfs',
        message: `${what} ${path}, but "${files}" has the ${found}.`,
        hint: 'Remove one of them, or give it another path.',
        place: { file },
      },
    ];
  });
}

/**
 * Notes the homes that files of a rootfs lie in: the layer of those files has their folders as root's, unless
 * "directories" says otherwise.
 */
export function noteHomes(
  { context }: Pick<Session, 'context'>,
  image: Image,
  entries: readonly TarEntry[],
): void {
  const folders = new Set(entries.filter(({ type }) => type === 'directory').map(({ path }) => path));
  const declared = new Set(image.definition.directories.map(({ path }) => path));
  const taken = usersOf(image).filter(
    ({ home, uid }) => uid !== 0 && folders.has(toByteString(home.slice(1))) && !declared.has(home),
  );
  for (const user of taken) context.progress.note(`${image.name}: ${homeText(user)}`);
}

function homeText({ name, home, homeMode, uid, gid }: ImageUser): string {
  const entry = `{ "path": "${home}", "mode": "${homeMode}", "uid": ${uid}, "gid": ${gid} }`;
  return `${home}, the home of "${name}", belongs to root, since files of the image are in it. To change that, add ${entry} to "directories" in image.json.`;
}
