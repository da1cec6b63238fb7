import { basename, dirname } from 'node:path/posix';
import type { WorkspaceOptions } from '@image-tooling/model';

/**
 * The plugin's options as nx.json has them: unchecked, any of them left out. The tasks check them.
 * Nx hashes the whole of nx.json into every task: a change of any option runs every task again.
 */
export type PluginOptions = Partial<WorkspaceOptions>;

/** The folders that hold definitions, relative to the workspace root. */
export interface Folders {
  readonly images: string;
  readonly tools: string;
}

export function foldersOf(options: PluginOptions | undefined): Folders {
  return { images: options?.imagesDir ?? 'images', tools: options?.toolsDir ?? 'tools' };
}

/**
 * Every file that may define something, or decide with a definition what is built, wherever the options put the folders:
 * Nx asks for one fixed glob, and names those files that it sees.
 */
export const DEFINITION_GLOB = '**/{image.json,tool.json,lock.json,go.mod,go.sum}';

/** Whether `file` is `<images>/<name>/image.json`. Paths are relative to the workspace root, with slashes. */
export function isImageFile(file: string, folders: Folders): boolean {
  return basename(file) === 'image.json' && dirname(dirname(file)) === folders.images;
}

/** Whether `file` is `<tools>/<name>/tool.json`. */
export function isToolFile(file: string, folders: Folders): boolean {
  return basename(file) === 'tool.json' && dirname(dirname(file)) === folders.tools;
}
