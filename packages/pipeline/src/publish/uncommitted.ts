import { chainOf, type Image } from '@image-tooling/model';
import { SCAN_LOCK } from '@image-tooling/scan';
import { SCAN_POLICY } from '../scan-policy';
import type { Session } from '../session';
import type { WorkspaceGit } from '../git/facts';
import { definitionPaths } from '../workspace/definition-paths';
import { toolInputs } from '../workspace/tool-inputs';

/** Returns the inputs of an image that are not committed. */
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

/**
 * Returns all paths that a build and a scan of an image read, relative to the workspace; folders end with a slash. An
 * ignored file there is in the image, but not committed; ignored files elsewhere are fine: outputs, editors' files.
 */
export function committedInputs(imagesDir: string, image: Image): string[] {
  const others = chainOf(image).flatMap(otherInputsOf);
  const ofTools = toolInputs(image).flatMap((path) => [path, `${path}/`]);
  return [...definitionPaths(imagesDir, image), SCAN_POLICY, SCAN_LOCK, ...others, ...ofTools];
}

/**
 * Returns whether a path belongs to an image or tool that `image` does not use. Everything else may be an
 * input: the workspace's settings, keys and locks.
 */
function ofOthers(image: Image, parents: readonly string[]): (path: string) => boolean {
  const own = chainOf(image).flatMap(({ folder, tools }) => [folder, ...tools.map((tool) => tool.folder)]);
  return (path) => {
    const project = projectFolder(path, parents);
    return project !== undefined && !own.includes(project);
  };
}

/** Outputs of builds, tests and publishes, whether git ignores them or not. */
function isOutput(path: string, parents: readonly string[]): boolean {
  const project = projectFolder(path, parents);
  return project !== undefined && path.startsWith(`${project}/dist/`);
}

/** Returns `images/base` for `images/base/rootfs/etc/motd`; undefined outside of projects. */
function projectFolder(path: string, parents: readonly string[]): string | undefined {
  const parent = parents.find((one) => path.startsWith(`${one}/`));
  const [name = '', ...below] = parent === undefined ? [] : path.slice(parent.length + 1).split('/');
  return parent === undefined || below.length === 0 ? undefined : `${parent}/${name}`;
}

/** Returns what a build and a scan read in addition to definitions and locks. */
function otherInputsOf({ folder, definition }: Image): string[] {
  return [
    `${folder}/${SCAN_POLICY}`,
    ...(definition.files === undefined ? [] : [`${folder}/${definition.files}/`]),
  ];
}

/** Returns whether one is, or is below, the other; folders end with a slash. */
function overlap(path: string, input: string): boolean {
  return path === input || isBelow(path, input) || isBelow(input, path);
}

function isBelow(path: string, folder: string): boolean {
  return (folder === '' || folder.endsWith('/')) && path.startsWith(folder);
}
