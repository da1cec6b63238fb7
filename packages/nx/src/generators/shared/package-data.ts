import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The name of this package, and of the plugin in nx.json. */
export const PACKAGE = '@image-tooling/nx';
/** The package that brings the command which all targets run. */
export const COMMAND_PACKAGE = '@image-tooling/cli';

interface Manifest {
  readonly name?: string;
  readonly version: string;
}

/** Returns the version of this plugin; its command has the same version. */
export function packageVersion(): string {
  return manifestIn(packageFolder()).version;
}

/**
 * Returns the path of a data folder that is published with the plugin. In the source, it is at the root of
 * the repository.
 */
export function dataFolder(name: 'trust' | 'schemas'): string {
  const published = join(packageFolder(), name);
  return existsSync(published) ? published : join(packageFolder(), '..', '..', name);
}

/** A generator is below its package, bundled or not. */
function packageFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json')) || manifestIn(folder).name !== PACKAGE) {
    if (dirname(folder) === folder) throw new Error(`${__dirname} is not in a package called ${PACKAGE}`);
    folder = dirname(folder);
  }
  return folder;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
