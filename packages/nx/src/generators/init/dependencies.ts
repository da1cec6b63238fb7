import { installPackagesTask, readJson, updateJson, type GeneratorCallback, type Tree } from '@nx/devkit';
import { COMMAND_PACKAGE, packageVersion } from '../shared/package-data';

type Section = 'dependencies' | 'devDependencies';
type Manifest = Readonly<Partial<Record<Section, Readonly<Record<string, string>>>>>;

/**
 * Has the command installed that goes with this plugin: of the same version, exactly. One that comes from a folder or
 * a file stays. Gives what installs it.
 */
export function addCommand(tree: Tree): GeneratorCallback {
  const manifest = readJson<Manifest>(tree, 'package.json');
  const section = manifest.dependencies?.[COMMAND_PACKAGE] === undefined ? 'devDependencies' : 'dependencies';
  const present = manifest[section]?.[COMMAND_PACKAGE];
  if (present === packageVersion() || isElsewhere(present)) return () => undefined;
  updateJson<Manifest>(tree, 'package.json', (json) => ({
    ...json,
    [section]: { ...json[section], [COMMAND_PACKAGE]: packageVersion() },
  }));
  return () => installPackagesTask(tree);
}

/** `file:…`, `workspace:…`, an address: anything but a version. */
function isElsewhere(specifier: string | undefined): boolean {
  return specifier !== undefined && !/^[\^~]?\d/.test(specifier);
}
