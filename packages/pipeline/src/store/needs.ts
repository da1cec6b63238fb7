import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadOptions } from '../workspace/load';

/** Hexadecimal names of all that the files of workspaces name: blobs, build ids, diff ids, packages. */
export type Names = ReadonlySet<string>;

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
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
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
