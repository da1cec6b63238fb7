import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mapConcurrent } from '@image-tooling/host';
import { hexOf } from '@image-tooling/model';
import { foresee } from '../check/foresee';
import { soundPart } from '../check/sound-part';
import { toolSourceOf } from '../tool-source';
import { loadOptions, workspaceFiles } from '../workspace/load';
import type { StoreRun } from './run';

/** Hexadecimal names of all that the files of workspaces name: blobs, build ids, diff ids, packages. */
export type Names = ReadonlySet<string>;

/**
 * Build ids of all that a workspace's definitions and locks ask for, whether it was built there or not. What can't be
 * planned is left out.
 */
export async function plannedIn(
  root: string,
  { env, context }: Pick<StoreRun, 'env' | 'context'>,
): Promise<Names> {
  const options = await loadOptions(root);
  if (!options.ok) return new Set();
  const toolSource = toolSourceOf(options.value, env);
  if (!toolSource.ok) return new Set();
  const { workspace } = soundPart(await workspaceFiles(root, options.value));
  const session = { root, options: options.value, toolSource: toolSource.value, env, context };
  const { buildIds } = await foresee(session, workspace);
  return new Set([...buildIds].map(hexOf));
}

/**
 * All that the outputs and locks of a workspace name. They are not parsed, so that those of another version of
 * image-tooling, and broken ones, count too. Empty where there is no workspace any more.
 */
export async function namesIn(root: string): Promise<Names> {
  const options = await loadOptions(root);
  const { imagesDir, toolsDir } = options.ok ? options.value : { imagesDir: 'images', toolsDir: 'tools' };
  const folders = (
    await Promise.all([imagesDir, toolsDir].map((folder) => foldersIn(join(root, folder))))
  ).flat();
  const files = (await Promise.all(folders.map(filesOf))).flat();
  const texts = await mapConcurrent(files, (file) => readFile(file, 'utf8').catch(() => ''));
  return new Set(texts.flatMap((text) => text.match(/\b[0-9a-f]{64}\b/g) ?? []));
}

async function filesOf(project: string): Promise<string[]> {
  const outputs = (await foldersIn(join(project, 'dist'))).flatMap((folder) =>
    ['digest.json', 'layers.json', 'layer.json'].map((name) => join(folder, name)),
  );
  return [join(project, 'lock.json'), ...outputs];
}

async function foldersIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}
