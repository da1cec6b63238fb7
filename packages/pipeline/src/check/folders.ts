import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, WorkspaceOptions } from '@image-tooling/model';

/**
 * The folders of images and tools that are not there: without one, nothing in it is checked. That of tools may be
 * absent under its default name, since git keeps no empty folders. Fails with `usage`.
 */
export async function missingFolders(root: string, options: WorkspaceOptions): Promise<Failure[]> {
  const { imagesDir, toolsDir } = options;
  const images = await missing(root, 'imagesDir', imagesDir);
  const tools = toolsDir === 'tools' ? [] : await missing(root, 'toolsDir', toolsDir);
  return [...images, ...tools];
}

async function missing(root: string, key: 'imagesDir' | 'toolsDir', folder: string): Promise<Failure[]> {
  const found = await stat(join(root, folder)).catch(() => undefined);
  if (found?.isDirectory()) return [];
  const noun = key === 'imagesDir' ? 'images' : 'tools';
  return [
    {
      code: 'usage',
      message: `There is no folder "${folder}": no ${noun} were checked.`,
      hint: `Make it, or write in nx.json where the ${noun} are: "${key}" in the options of the plugin.`,
      place: { file: 'nx.json' },
    },
  ];
}
