import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { caught } from '@image-tooling/host';
import { ok, type Result, type WorkspaceOptions } from '@image-tooling/model';

interface Workspace {
  readonly root: string;
  readonly options: Pick<WorkspaceOptions, 'imagesDir'>;
}

/**
 * Removes the results of an earlier test or scan of an image before this one can fail, so that nothing outdated is left.
 * Does nothing for an invalid name. Fails with `io`.
 *
 * @param folderIn returns the folder of the results in the folder of the image
 */
export async function removeEarlier(
  { root, options }: Workspace,
  name: string,
  folderIn: (imageFolder: string) => string,
): Promise<Result<void>> {
  if (name === '..' || /[/\\]/.test(name)) return ok(undefined);
  const folder = folderIn(join(root, options.imagesDir, name));
  return caught(folder, () => rm(folder, { recursive: true, force: true }));
}
