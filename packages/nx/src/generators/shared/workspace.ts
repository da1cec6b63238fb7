import { offsetFromRoot, readNxJson, type NxJsonConfiguration, type Tree } from '@nx/devkit';
import { foldersOf, type Folders, type PluginOptions } from '../../options';
import { PACKAGE } from './package-data';

/** Returns the folders of images and tools from the workspace's nx.json, or the defaults. */
export function foldersIn(tree: Tree): Folders {
  return foldersOf(pluginOptions(readNxJson(tree)));
}

/** Returns the plugin's options in nx.json; undefined without options. */
export function pluginOptions(nxJson: NxJsonConfiguration | null): PluginOptions | undefined {
  const entry = nxJson?.plugins?.find((plugin) => typeof plugin !== 'string' && plugin.plugin === PACKAGE);
  return typeof entry === 'object' ? (entry.options as PluginOptions | undefined) : undefined;
}

/**
 * Returns the `$schema` of a definition: relative to its folder, where an editor finds the schema. A
 * workspace that holds the schemas itself (that of image-tooling's source) has them in schemas/.
 *
 * @param folder of the definition, relative to the workspace root
 */
export function schemaReference(tree: Tree, folder: string, kind: 'image' | 'tool'): string {
  const file = `schemas/${kind}.schema.json`;
  return offsetFromRoot(folder) + (tree.exists(file) ? file : `node_modules/${PACKAGE}/${file}`);
}
