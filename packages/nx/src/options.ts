import { basename, dirname } from 'node:path/posix';
import type { WorkspaceOptions } from '@image-tooling/model';

/**
 * The plugin's options in nx.json, unchecked and all optional. The tasks check them.
 * Nx hashes the whole of nx.json into every task: a change of any option runs every task again.
 */
export type PluginOptions = Partial<WorkspaceOptions>;

/** Returns the folders that hold definitions, relative to the workspace root. */
export interface Folders {
  readonly images: string;
  readonly tools: string;
}

export function foldersOf(options: PluginOptions | undefined): Folders {
  return { images: options?.imagesDir ?? 'images', tools: options?.toolsDir ?? 'tools' };
}

/**
 * Matches every file that may be a definition or affect a build, whatever the options are: Nx takes one fixed
 * glob, and passes the files that it sees.
 */
export const DEFINITION_GLOB = '**/{image.json,tool.json,lock.json,scan.json,scan.lock.json,go.mod,go.sum}';

/**
 * Returns whether `file` is `<images>/<name>/image.json`. Paths are relative to the workspace root, with
 * slashes.
 */
export function isImageFile(file: string, folders: Folders): boolean {
  return basename(file) === 'image.json' && dirname(dirname(file)) === folders.images;
}

/** Returns whether `file` is `<tools>/<name>/tool.json`. */
export function isToolFile(file: string, folders: Folders): boolean {
  return basename(file) === 'tool.json' && dirname(dirname(file)) === folders.tools;
}
