import { createNodesFromFiles, type CreateNodes, type ProjectConfiguration } from '@nx/devkit';
import { platformOfNode } from '@image-tooling/model/platform';
import { readDefinition, type ProjectDefinition } from './definition';
import { implementationInputs } from './implementation';
import { DEFINITION_GLOB, foldersOf, isImageFile, isToolFile, type PluginOptions } from './options';
import { projectNames } from './project-names';
import { scannerImageOf } from './scanner-image';
import { replacedBy } from './target-defaults';
import { targetsOf } from './targets';

/** Infers one Nx project from each definition file. */
export const createNodes: CreateNodes<PluginOptions> = [
  DEFINITION_GLOB,
  (files, options, context) => {
    const folders = foldersOf(options);
    const seen = new Set(files);
    const definitionFiles = files.filter((file) => isImageFile(file, folders) || isToolFile(file, folders));
    const names = projectNames(definitionFiles);
    const images = new Set(
      definitionFiles.filter((file) => isImageFile(file, folders)).map((file) => names.get(file)),
    );
    const setting = {
      implementation: implementationInputs(context.nxJsonConfiguration, context.workspaceRoot),
      isSeen: (file: string) => seen.has(file),
      replaced: replacedBy(context.nxJsonConfiguration, context.workspaceRoot),
      isScanned: seen.has('scan.json'),
      scannerImage: ({ root }: ProjectDefinition) => {
        const image = scannerImageOf(context.workspaceRoot, root);
        return image !== undefined && images.has(image) ? image : undefined;
      },
      host: platformOfNode(process.arch),
    };
    return createNodesFromFiles(
      (file) => {
        const definition = readDefinition(context.workspaceRoot, file);
        const name = names.get(file) ?? definition.name;
        return { projects: { [definition.root]: project(name, definition, targetsOf(definition, setting)) } };
      },
      definitionFiles,
      options ?? {},
      context,
    );
  },
];

function project(
  name: string,
  definition: ProjectDefinition,
  targets: NonNullable<ProjectConfiguration['targets']>,
): Omit<ProjectConfiguration, 'root'> {
  return {
    name,
    tags: [`type:${definition.kind}`],
    metadata: { description: definition.description },
    targets,
  };
}
