import {
  DependencyType,
  type CreateDependencies,
  type CreateDependenciesContext,
  type RawProjectGraphDependency,
} from '@nx/devkit';
import { readDefinition } from './definition';
import { foldersOf, isImageFile, type Folders, type PluginOptions } from './options';

/** Returns the edges of the project graph: from an image to its parent and to each of its tools. */
export const createDependencies: CreateDependencies<PluginOptions> = (options, context) =>
  changedImageFiles(context, foldersOf(options)).flatMap((file) => edgesOf(file, context));

/** Nx caches the edges of unchanged files. */
function changedImageFiles(context: CreateDependenciesContext, folders: Folders): string[] {
  return Object.values(context.filesToProcess.projectFileMap)
    .flatMap((files) => files.map((entry) => entry.file))
    .filter((file) => isImageFile(file, folders));
}

/** Leaves edges to projects that do not exist out: the task reports the unknown name, with its place. */
function edgesOf(file: string, context: CreateDependenciesContext): RawProjectGraphDependency[] {
  const image = readDefinition(context.workspaceRoot, file);
  const parents = image.parent === undefined ? [] : [image.parent];
  return [...parents, ...image.tools]
    .filter((target) => target !== image.name && Object.hasOwn(context.projects, target))
    .map((target) => ({ source: image.name, target, sourceFile: file, type: DependencyType.static }));
}
