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

/** The version of the plugin that runs: that of the command which goes with it. */
export function packageVersion(): string {
  return manifestIn(packageFolder()).version;
}

/** A folder of data that is published with the plugin; in its source it lies at the root of the repository. */
export function dataFolder(name: 'trust' | 'schemas'): string {
  const published = join(packageFolder(), name);
  return existsSync(published) ? published : join(packageFolder(), '..', '..', name);
}

/** Bundled or not, a generator lies somewhere below its package. */
function packageFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json')) || manifestIn(folder).name !== PACKAGE) {
    if (dirname(folder) === folder) throw new Error(`${__dirname} is in no package called ${PACKAGE}`);
    folder = dirname(folder);
  }
  return folder;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
