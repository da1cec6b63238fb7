import { createNodesFromFiles, type CreateNodes, type ProjectConfiguration } from '@nx/devkit';
import { platformOfNode } from '@image-tooling/model/platform';
import { DEFINITION_GLOB, readDefinition, type ProjectDefinition } from './definition';
import type { WorkspaceOptions } from './options';
import { targetsOf } from './targets';

/** Infers one Nx project from each definition file. */
export const createNodes: CreateNodes<WorkspaceOptions> = [
  DEFINITION_GLOB,
  (files, options, context) =>
    createNodesFromFiles(
      (file) => {
        const definition = readDefinition(context.workspaceRoot, file);
        const targets = targetsOf(definition, context.nxJsonConfiguration, platformOfNode(process.arch));
        return { projects: { [definition.root]: project(definition, targets) } };
      },
      files,
      options ?? {},
      context,
    ),
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
