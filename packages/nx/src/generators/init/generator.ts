import { formatFiles, joinPathFragments, logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { foldersIn } from '../shared/workspace';
import { addBaseImage, BASE } from './base-image';
import { addPackages } from './dependencies';
import { addIgnoreEntries } from './ignore-files';
import { missingPackages } from '../../machine';
import { nextSteps } from './next-steps';
import { addPlugin, leaveOutOfTargetDefaults } from './nx-json';
import { addTrustedKeys } from './trust';

export interface InitOptions {
  /** Write the first image. Default: yes. */
  readonly base?: boolean;
  /** Do not run the package manager. */
  readonly skipInstall?: boolean;
}

/**
 * Sets up an Nx workspace for images: the plugin in nx.json, the command in package.json, folders, keys, a
 * first image. Keeps what exists; a second run changes nothing.
 */
export async function init(
  tree: Tree,
  { base = true, skipInstall }: InitOptions,
): Promise<GeneratorCallback> {
  addPlugin(tree);
  leaveOutOfTargetDefaults(tree);
  const folders = foldersIn(tree);
  addIgnoreEntries(tree, folders);
  addTrustedKeys(tree);
  const note = base ? addBaseImage(tree, folders.images) : undefined;
  for (const folder of [folders.images, folders.tools]) keepFolder(tree, folder);
  const install = addPackages(tree);
  await formatFiles(tree);
  const image = tree.exists(joinPathFragments(folders.images, BASE, 'image.json')) ? BASE : undefined;
  return async () => {
    if (!skipInstall) await install();
    const missing = missingPackages({ env: process.env, isRoot: process.getuid?.() === 0 });
    const notes = note === undefined ? [] : [note];
    logger.info(nextSteps({ notes, missing, image, imagesDir: folders.images }));
  };
}

/** Git does not store empty folders. */
function keepFolder(tree: Tree, folder: string): void {
  if (!tree.exists(folder) || tree.children(folder).length === 0)
    tree.write(joinPathFragments(folder, '.gitkeep'), '');
}
