import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, mapConcurrent, unreadFailure } from '@image-tooling/host';
import {
  fail,
  namesBelow,
  nearest,
  ok,
  parseArchiveLock,
  parseWorkspaceOptions,
  readWorkspace,
  unreadFile,
  type ArchiveLock,
  type FileText,
  type Image,
  type Result,
  type Tool,
  type Workspace,
  type WorkspaceFiles,
  type WorkspaceOptions,
} from '@image-tooling/model';
import { readFileText } from './file-text';

/** The plugin's name in nx.json. */
const PLUGIN = '@image-tooling/nx';

/**
 * Reads the plugin's options of the workspace at `root`. Fails with `usage` if there is no nx.json, else as
 * its parser does.
 */
export async function loadOptions(root: string): Promise<Result<WorkspaceOptions>> {
  const read = await readFileText(root, 'nx.json');
  if (read === undefined)
    return fail({
      code: 'usage',
      message: `There is no nx.json in ${root}.`,
      hint: 'Run the command in the root folder of an Nx workspace.',
    });
  return read.failure ? fail(read.failure) : parseWorkspaceOptions('nx.json', read.text, PLUGIN);
}

/** Reads and cross-checks all definitions and locks below `root`. Fails with every mistake of every file. */
export async function loadWorkspace(root: string, options: WorkspaceOptions): Promise<Result<Workspace>> {
  return readWorkspace(await workspaceFiles(root, options));
}

/**
 * Loads a workspace as `loadWorkspace` does, for a task of one project: reads only locks of it, its ancestors
 * and their tools. Otherwise each of hundreds of tasks would read hundreds of locks.
 */
export async function loadWorkspaceFor(
  name: string,
  root: string,
  options: WorkspaceOptions,
): Promise<Result<Workspace>> {
  const { imagesDir, toolsDir } = options;
  const definitions = await definitionFiles(root, options);
  const names = new Set(namesBelow(name, definitions.images));
  const archiveLock = await archiveLockFile(root, imagesDir);
  return readWorkspace({
    ...definitions,
    imageLocks: await readEach(root, imagesDir, 'lock.json', names),
    toolLocks: await readEach(root, toolsDir, 'lock.json', names),
    ...(archiveLock && { archiveLock }),
  });
}

/** Reads the text of all definitions and locks below `root`. */
export async function workspaceFiles(
  root: string,
  { imagesDir, toolsDir }: Pick<WorkspaceOptions, 'imagesDir' | 'toolsDir'>,
): Promise<WorkspaceFiles> {
  const archiveLock = await archiveLockFile(root, imagesDir);
  return {
    ...(await definitionFiles(root, { imagesDir, toolsDir })),
    imageLocks: await readEach(root, imagesDir, 'lock.json'),
    toolLocks: await readEach(root, toolsDir, 'lock.json'),
    ...(archiveLock && { archiveLock }),
  };
}

type Folders = Pick<WorkspaceOptions, 'imagesDir' | 'toolsDir'>;

async function definitionFiles(root: string, { imagesDir, toolsDir }: Folders) {
  return {
    imagesDir,
    toolsDir,
    images: await readEach(root, imagesDir, 'image.json'),
    tools: await readEach(root, toolsDir, 'tool.json'),
  };
}

function archiveLockFile(root: string, imagesDir: string): Promise<FileText | undefined> {
  return readFileText(root, `${imagesDir}/archive.lock.json`);
}

/**
 * Reads the archive states that locks name; undefined if there is no such file. Fails as `parseArchiveLock`.
 */
export async function readArchiveLock(
  root: string,
  { imagesDir }: Pick<WorkspaceOptions, 'imagesDir'>,
): Promise<Result<ArchiveLock | undefined>> {
  const file = await archiveLockFile(root, imagesDir);
  if (file === undefined) return ok(undefined);
  if (file.failure) return fail(file.failure);
  const parsed = parseArchiveLock(file.file, file.text);
  return parsed.ok ? ok(parsed.value.value) : parsed;
}

export type Project =
  { readonly kind: 'image'; readonly image: Image } | { readonly kind: 'tool'; readonly tool: Tool };

/** Returns the image or tool of a name. Fails with `unknown-reference` and the nearest names. */
export function findProject({ images, tools }: Workspace, name: string): Result<Project> {
  const image = images.get(name);
  if (image) return ok({ kind: 'image', image });
  const tool = tools.get(name);
  if (tool) return ok({ kind: 'tool', tool });
  const near = nearest(name, [...images.keys(), ...tools.keys()]);
  return fail({
    code: 'unknown-reference',
    message: `There is no image or tool called "${name}".`,
    hint: near === undefined ? 'Run "npx nx show projects" to see what there is.' : `Did you mean "${near}"?`,
  });
}

/** Reads a file of each folder; `only`: of folders with these names. */
async function readEach(
  root: string,
  folder: string,
  name: string,
  only?: ReadonlySet<string>,
): Promise<FileText[]> {
  const found = await foldersIn(root, folder);
  // The definitions report it already.
  if (!found.ok) return name === 'lock.json' ? [] : [unreadFile(`${folder}/${name}`, found.failures[0])];
  const files = found.value.filter((one) => only?.has(one) ?? true).map((one) => `${folder}/${one}/${name}`);
  const read = await mapConcurrent(files, (file) => readFileText(root, file));
  return read.filter((file) => file !== undefined);
}

async function foldersIn(root: string, folder: string): Promise<Result<string[]>> {
  try {
    const found = await readdir(join(root, folder), { withFileTypes: true });
    return ok(found.filter((entry) => entry.isDirectory()).map((entry) => entry.name));
  } catch (error) {
    if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return ok([]);
    return fail(unreadFailure(error, folder));
  }
}
