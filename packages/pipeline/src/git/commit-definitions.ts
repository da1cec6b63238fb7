import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { caughtResult } from '@image-tooling/host';
import { jsonObject, ok, type Result, type WorkspaceOptions } from '@image-tooling/model';
import { openCommitFiles, type CommitFiles } from './commit-files';
import type { GitPlace } from './run-git';

/** The folders of definitions, relative to the workspace. */
type Folders = Pick<WorkspaceOptions, 'imagesDir' | 'toolsDir'>;

/**
 * Writes what plans of a commit read into a temporary folder: definitions, locks, and the inputs of tools that a command
 * of the workspace builds. The caller removes it. Fails as git does, with `disk-full` or `io`.
 */
export async function openCommitDefinitions(
  place: GitPlace,
  commit: string,
  { imagesDir, toolsDir }: Folders,
): Promise<Result<CommitFiles>> {
  const files = await openCommitFiles(place, commit, ['nx.json', imagesDir, toolsDir]);
  if (!files.ok) return files;
  const added = await addToolInputs(files.value, toolsDir);
  if (added.ok) return files;
  await files.value.remove();
  return added;
}

/** As `openCommitDefinitions`; runs `work` with the folder and removes it. Fails as `work` does, too. */
export async function withCommitDefinitions<T>(
  place: GitPlace,
  commit: string,
  folders: Folders,
  work: (root: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const files = await openCommitDefinitions(place, commit, folders);
  if (!files.ok) return files;
  try {
    return await work(files.value.root);
  } finally {
    await files.value.remove();
  }
}

async function addToolInputs({ root, add }: CommitFiles, toolsDir: string): Promise<Result<void>> {
  return caughtResult(root, async () => {
    const folder = join(root, toolsDir);
    const names = await readdir(folder).catch(() => []);
    const inputs = await Promise.all(names.map((name) => inputsIn(join(folder, name, 'tool.json'))));
    const paths = [...new Set(inputs.flat())];
    return paths.length === 0 ? ok(undefined) : add(paths);
  });
}

/** Returns the inputs that a tool.json names; what is wrong with it is reported when it is read. */
async function inputsIn(file: string): Promise<string[]> {
  const text = await readFile(file).catch(() => undefined);
  const inputs = ['sources', 'workspace', 'inputs'].reduce<unknown>(member, text && jsonObject(text));
  const given: readonly unknown[] = Array.isArray(inputs) ? inputs : [];
  return given.filter((one): one is string => typeof one === 'string' && isBelow(one));
}

function member(value: unknown, key: string): unknown {
  return (Object(value) as Readonly<Record<string, unknown>>)[key];
}

/** git fails for a path outside of the repository. */
function isBelow(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
}
