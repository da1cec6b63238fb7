import {
  DependencyType,
  type CreateDependencies,
  type CreateDependenciesContext,
  type RawProjectGraphDependency,
} from '@nx/devkit';
import { readDefinition, type ProjectDefinition } from './definition';
import { foldersOf, isImageFile, isToolFile, type Folders, type PluginOptions } from './options';

/**
 * Returns the edges of the project graph: from an image to its parent and to each of its tools, and from a tool to the
 * projects whose files it is built from.
 */
export const createDependencies: CreateDependencies<PluginOptions> = (options, context) =>
  changedDefinitions(context, foldersOf(options)).flatMap((file) => edgesOf(file, context));

/** Nx caches the edges of unchanged files. */
function changedDefinitions(context: CreateDependenciesContext, folders: Folders): string[] {
  return Object.values(context.filesToProcess.projectFileMap)
    .flatMap((files) => files.map((entry) => entry.file))
    .filter((file) => isImageFile(file, folders) || isToolFile(file, folders));
}

/** Leaves edges to projects that do not exist out: the task reports the unknown name, with its place. */
function edgesOf(file: string, context: CreateDependenciesContext): RawProjectGraphDependency[] {
  const definition = readDefinition(context.workspaceRoot, file);
  const source = nameAt(definition.root, context);
  if (source === undefined) return [];
  return [...new Set([...namesIn(definition), ...ownersOf(definition, context)])]
    .filter((target) => target !== source && Object.hasOwn(context.projects, target))
    .map((target) => ({ source, target, sourceFile: file, type: DependencyType.static }));
}

function namesIn({ kind, parent, tools }: ProjectDefinition): string[] {
  if (kind === 'tool') return [];
  return [...(parent === undefined ? [] : [parent]), ...tools];
}

/** Returns the projects in whose folders the inputs of a tool are; files of no project are in none. */
function ownersOf({ workspaceInputs }: ProjectDefinition, { projects }: CreateDependenciesContext): string[] {
  return Object.entries(projects)
    .filter(([, { root }]) => workspaceInputs.some((path) => path === root || path.startsWith(`${root}/`)))
    .map(([name]) => name);
}

function nameAt(folder: string, { projects }: CreateDependenciesContext): string | undefined {
  return Object.entries(projects).find(([, { root }]) => root === folder)?.[0];
}
