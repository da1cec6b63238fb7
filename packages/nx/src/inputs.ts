import type { TargetConfiguration } from '@nx/devkit';
import { shellWord } from '@image-tooling/model/shell-word';
import type { ProjectDefinition } from './definition';

export type Inputs = NonNullable<TargetConfiguration['inputs']>;
type Input = Inputs[number];

/** What decides tasks besides definitions. */
export interface InputSetting {
  /** The inputs for the code that does the work. */
  readonly implementation: Inputs;
  /** Returns whether Nx sees a file, relative to the workspace: it does not see ignored files. */
  readonly isSeen: (file: string) => boolean;
}

/**
 * Keys that only tests read: a change there runs tests, but no build. Excluded by name, so that an unknown
 * key counts, and the build reports it.
 */
const READ_BY_TESTS_ONLY = { tool: ['checks'], image: ['checks', 'budget', 'setuid'] };

const HASH_FILES = 'node_modules/@image-tooling/nx/bin/hash-files.sh';

/**
 * Returns the inputs of a tool's layer. `IMAGE_TOOL_SOURCE` overrides the committed source on one machine.
 */
export function toolInputs(tool: ProjectDefinition, { implementation, isSeen }: InputSetting): Inputs {
  const goFiles = tool.hasGoSource ? ['go.mod', 'go.sum'] : [];
  return [
    definitionInput(tool),
    ...['lock.json', ...goFiles].map((name) => fileInput(tool, name, isSeen)),
    ...tool.workspaceInputs.map((path) => filesInput(`./${path}`)),
    ...implementation,
    { env: 'IMAGE_TOOL_SOURCE' },
  ];
}

/**
 * Returns the inputs of an image. Of its parent and tools, only their outputs: a rebuilt parent with the same
 * layers changes nothing here (early cut-off), so no input may be `transitive`.
 */
export function imageInputs(image: ProjectDefinition, { implementation, isSeen }: InputSetting): Inputs {
  return [
    definitionInput(image),
    fileInput(image, 'lock.json', isSeen),
    ...(image.files === undefined ? [] : [filesInput(`${image.root}/${image.files}`)]),
    ...implementation,
    { dependentTasksOutputFiles: '**/layers.json', transitive: false },
    { dependentTasksOutputFiles: '**/layer.json', transitive: false },
  ];
}

/**
 * Returns the inputs of an image's test: the digest of the image, and the checks of all its parts. `^`
 * includes parents' parents and their tools.
 */
export function testInputs({ implementation }: Pick<InputSetting, 'implementation'>): Inputs {
  return [
    { dependentTasksOutputFiles: '**/digest.json', transitive: false },
    '{projectRoot}/image.json',
    '^{projectRoot}/image.json',
    '^{projectRoot}/tool.json',
    ...implementation,
  ];
}

/**
 * Returns the inputs of an image's scan: the digest of the image and its SBOM, definitions that name owners, rules and
 * data, and the day, on which data gets too old and an ignore expires.
 */
export function scanInputs(image: ProjectDefinition, { implementation, isSeen }: InputSetting): Inputs {
  return [
    { dependentTasksOutputFiles: '**/digest.json', transitive: false },
    { dependentTasksOutputFiles: '**/sbom.cdx.json', transitive: false },
    '{projectRoot}/image.json',
    '^{projectRoot}/image.json',
    '^{projectRoot}/tool.json',
    fileInput(image, 'scan.json', isSeen),
    ...['scan.json', 'scan.lock.json'].map((name) => rootFileInput(name, isSeen)),
    ...implementation,
    { runtime: 'date -u +%F' },
  ];
}

/**
 * Nx parses a `json` input leniently: it may see no difference between a valid file and one that a build
 * refuses.
 */
function definitionInput({ kind, isStrictJson }: ProjectDefinition): Input {
  const file = `{projectRoot}/${kind}.json`;
  return isStrictJson ? { json: file, excludeFields: READ_BY_TESTS_ONLY[kind] } : file;
}

/**
 * A committed file may match a pattern of .gitignore (`git add --force`): Nx does not hash files that it does
 * not see.
 */
function fileInput({ root }: ProjectDefinition, name: string, isSeen: InputSetting['isSeen']): Input {
  const file = `${root}/${name}`;
  if (isSeen(file)) return `{projectRoot}/${name}`;
  return { runtime: `cat -- ${shellWord(file)} 2>/dev/null || true` };
}

/** As `fileInput`, for a file in the root of the workspace. */
function rootFileInput(name: string, isSeen: InputSetting['isSeen']): Input {
  if (isSeen(name)) return `{workspaceRoot}/${name}`;
  return { runtime: `cat -- ${name} 2>/dev/null || true` };
}

/** Nx only hashes the contents of files that it sees; modes, links and ignored files count as well. */
function filesInput(folder: string): Input {
  return { runtime: `sh ${HASH_FILES} ${shellWord(folder)}` };
}
