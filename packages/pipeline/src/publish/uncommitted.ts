import { chainOf, type Image } from '@image-tooling/model';
import type { Session } from '../session';
import type { WorkspaceGit } from '../git/facts';

/** What an image is made of that no commit holds. */
export function uncommittedInputs(
  { options: { imagesDir, toolsDir } }: Pick<Session, 'options'>,
  image: Image,
  { uncommitted, ignored }: Pick<WorkspaceGit, 'uncommitted' | 'ignored'>,
): string[] {
  const parents = [imagesDir, toolsDir];
  const others = ofOthers(image, parents);
  const inputs = committedInputs(imagesDir, image);
  return [
    ...uncommitted.filter((path) => !others(path) && !isOutput(path, parents)),
    ...ignored.filter((path) => inputs.some((input) => overlap(path, input))),
  ].sort();
}

/** What a build reads of an image and all that it is made of, relative to the workspace; folders end with a slash. */
export function committedInputs(imagesDir: string, image: Image): string[] {
  return [`${imagesDir}/archive.lock.json`, ...chainOf(image).flatMap(inputsOf)];
}

/**
 * Whether a path belongs to an image or tool that `image` is not made of. All else may decide what it is: the
 * workspace's own settings, keys and locks.
 */
function ofOthers(image: Image, parents: readonly string[]): (path: string) => boolean {
  const own = chainOf(image).flatMap(({ folder, tools }) => [folder, ...tools.map((tool) => tool.folder)]);
  return (path) => {
    const project = projectFolder(path, parents);
    return project !== undefined && !own.includes(project);
  };
}

/** What builds, tests and publishes left: made of the inputs, whether git ignores it or not. */
function isOutput(path: string, parents: readonly string[]): boolean {
  const project = projectFolder(path, parents);
  return project !== undefined && path.startsWith(`${project}/dist/`);
}

/** `images/base` of `images/base/rootfs/etc/motd`; undefined for what is in no project's folder. */
function projectFolder(path: string, parents: readonly string[]): string | undefined {
  const parent = parents.find((one) => path.startsWith(`${one}/`));
  const [name = '', ...below] = parent === undefined ? [] : path.slice(parent.length + 1).split('/');
  return parent === undefined || below.length === 0 ? undefined : `${parent}/${name}`;
}

/**
 * What a build reads of an image and its tools. An ignored file among it is in the image, and in no commit; beside it
 * there is much that is rightly ignored: outputs, editors' files.
 */
function inputsOf({ folder, definition, tools }: Image): string[] {
  const ofTools = ['tool.json', 'lock.json', 'go.mod', 'go.sum'];
  return [
    ...['image.json', 'lock.json'].map((name) => `${folder}/${name}`),
    ...(definition.files === undefined ? [] : [`${folder}/${definition.files}/`]),
    ...tools.flatMap((tool) => ofTools.map((name) => `${tool.folder}/${name}`)),
  ];
}

/** Whether one is, or is below, the other; folders end with a slash. */
function overlap(path: string, input: string): boolean {
  return path === input || isBelow(path, input) || isBelow(input, path);
}

function isBelow(path: string, folder: string): boolean {
  return (folder === '' || folder.endsWith('/')) && path.startsWith(folder);
}
