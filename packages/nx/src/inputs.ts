import type { TargetConfiguration } from '@nx/devkit';
import type { ProjectDefinition } from './definition';

export type Inputs = NonNullable<TargetConfiguration['inputs']>;

/**
 * What only tests read: a change there tests again and builds nothing. Left out by name, so that a key that nobody
 * knows counts, and is told by the build.
 */
const READ_BY_TESTS_ONLY = { tool: ['checks'], image: ['checks', 'budget', 'setuid'] };

/** The inputs of a tool's layer. `IMAGE_TOOL_SOURCE` overrides the committed source on one machine. */
export function toolInputs(implementation: Inputs): Inputs {
  return [
    { json: '{projectRoot}/tool.json', excludeFields: READ_BY_TESTS_ONLY.tool },
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
    { json: '{projectRoot}/image.json', excludeFields: READ_BY_TESTS_ONLY.image },
    '{projectRoot}/lock.json',
    ...(image.files === undefined ? [] : [`{projectRoot}/${image.files}/**/*`]),
    ...implementation,
    { dependentTasksOutputFiles: '**/layers.json', transitive: false },
    { dependentTasksOutputFiles: '**/layer.json', transitive: false },
  ];
}

/**
 * The inputs of an image's test: the image itself, by its digest, and the checks of all that it is made of. `^` goes
 * down to parents' parents and their tools.
 */
export function testInputs(implementation: Inputs): Inputs {
  return [
    { dependentTasksOutputFiles: '**/digest.json', transitive: false },
    '{projectRoot}/image.json',
    '^{projectRoot}/image.json',
    '^{projectRoot}/tool.json',
    ...implementation,
  ];
}
