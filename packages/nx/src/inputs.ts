import type { NxJsonConfiguration, TargetConfiguration } from '@nx/devkit';
import type { ProjectDefinition } from './definition';

type Inputs = NonNullable<TargetConfiguration['inputs']>;

/** The named input of nx.json that stands for the source of image-tooling itself, where that lies in the workspace. */
const IMPLEMENTATION = 'imageTooling';

/**
 * What decides a task's result beside its definition: the code that makes it. A workspace that has
 * image-tooling as a dependency hashes that package's version; one that holds its source names it.
 */
export function implementationInputs(nxJson: NxJsonConfiguration): Inputs {
  const isNamed = nxJson.namedInputs?.[IMPLEMENTATION] !== undefined;
  return isNamed ? [IMPLEMENTATION] : [{ externalDependencies: ['@image-tooling/nx'] }];
}

/** The inputs of a tool's layer. `IMAGE_TOOL_SOURCE` overrides the committed source on one machine. */
export function toolInputs(implementation: Inputs): Inputs {
  return [
    '{projectRoot}/tool.json',
    '{projectRoot}/lock.json',
    '{projectRoot}/go.mod',
    '{projectRoot}/go.sum',
    ...implementation,
    { env: 'IMAGE_TOOL_SOURCE' },
  ];
}

/**
 * The inputs of an image. Of its parent and tools only what they hand down: a parent that was built
 * again to the same layers changes nothing here (early cut-off), so nothing may be `transitive`.
 */
export function imageInputs(image: ProjectDefinition, implementation: Inputs): Inputs {
  return [
    '{projectRoot}/image.json',
    '{projectRoot}/lock.json',
    ...(image.files === undefined ? [] : [`{projectRoot}/${image.files}/**/*`]),
    ...implementation,
    { dependentTasksOutputFiles: '**/layers.json', transitive: false },
    { dependentTasksOutputFiles: '**/layer.json', transitive: false },
  ];
}
