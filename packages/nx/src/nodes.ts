import { createNodesFromFiles, type CreateNodes, type ProjectConfiguration } from '@nx/devkit';
import { platformOfNode } from '@image-tooling/model/platform';
import { readDefinition, type ProjectDefinition } from './definition';
import { implementationInputs } from './implementation';
import { DEFINITION_GLOB, foldersOf, isImageFile, isToolFile, type PluginOptions } from './options';
import { replacedBy } from './target-defaults';
import { targetsOf } from './targets';

/** Infers one Nx project from each definition file. */
export const createNodes: CreateNodes<PluginOptions> = [
  DEFINITION_GLOB,
  (files, options, context) => {
    const folders = foldersOf(options);
    const seen = new Set(files);
    const setting = {
      implementation: implementationInputs(context.nxJsonConfiguration, context.workspaceRoot),
      isSeen: (file: string) => seen.has(file),
      replaced: replacedBy(context.nxJsonConfiguration, context.workspaceRoot),
      host: platformOfNode(process.arch),
    };
    return createNodesFromFiles(
      (file) => {
        const definition = readDefinition(context.workspaceRoot, file);
        return { projects: { [definition.root]: project(definition, targetsOf(definition, setting)) } };
      },
      files.filter((file) => isImageFile(file, folders) || isToolFile(file, folders)),
      options ?? {},
      context,
    );
  },
];

function project(
  definition: ProjectDefinition,
  targets: NonNullable<ProjectConfiguration['targets']>,
): Omit<ProjectConfiguration, 'root'> {
  return {
    name: definition.name,
    tags: [`type:${definition.kind}`],
    metadata: { description: definition.description },
    targets,
  };
}
