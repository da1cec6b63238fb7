import { installPackagesTask, readJson, updateJson, type GeneratorCallback, type Tree } from '@nx/devkit';
import { COMMAND_PACKAGE, PACKAGE, packageVersion } from '../shared/package-data';

type Section = 'dependencies' | 'devDependencies';
type Manifest = Readonly<Partial<Record<Section, Readonly<Record<string, string>>>>>;

/**
 * Has plugin and command installed at one version, exactly: package managers write "^1.2.3" for what they add, and an
 * upgrade of one alone is refused by the other. What comes from a folder or a file stays. Returns what installs them.
 */
export function addPackages(tree: Tree): GeneratorCallback {
  const before = readJson<Manifest>(tree, 'package.json');
  const after = exactly(exactly(before, COMMAND_PACKAGE), PACKAGE);
  if (JSON.stringify(after) === JSON.stringify(before)) return () => undefined;
  updateJson<Manifest>(tree, 'package.json', () => after);
  return () => installPackagesTask(tree);
}

function exactly(manifest: Manifest, name: string): Manifest {
  const section = manifest.dependencies?.[name] === undefined ? 'devDependencies' : 'dependencies';
  if (isElsewhere(manifest[section]?.[name])) return manifest;
  return { ...manifest, [section]: { ...manifest[section], [name]: packageVersion() } };
}

/** `file:…`, `workspace:…`, an address: anything but a version. */
function isElsewhere(specifier: string | undefined): boolean {
  return specifier !== undefined && !/^[\^~]?\d/.test(specifier);
}
