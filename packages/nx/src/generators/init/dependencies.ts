import { installPackagesTask, readJson, updateJson, type GeneratorCallback, type Tree } from '@nx/devkit';
import { COMMAND_PACKAGE, PACKAGE, packageVersion } from '../shared/package-data';

type Section = 'dependencies' | 'devDependencies';
type Manifest = Readonly<Partial<Record<Section, Readonly<Record<string, string>>>>>;

/**
 * Adds plugin and command at one exact version: package managers add "^1.2.3", and each refuses another
 * version of the other. Keeps those from a folder or a file. Returns a function that installs them.
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

/** Returns whether this is not a version: `file:…`, `workspace:…`, an address. */
function isElsewhere(specifier: string | undefined): boolean {
  return specifier !== undefined && !/^[\^~]?\d/.test(specifier);
}
