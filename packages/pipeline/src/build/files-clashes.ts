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

/** Returns the users of an image and its ancestors. */
export function usersOf(image: Image): ImageUser[] {
  return chainOf(image).flatMap(({ definition }) => definition.users);
}

/**
 * Returns a `rootfs` failure for each declared folder or home whose path, or a parent of it, is a file or
 * link in the rootfs.
 *
 * @param users of the image and its ancestors
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
 * Warns about homes with files of the rootfs: the layer makes root their owner, unless "directories" sets
 * another.
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
