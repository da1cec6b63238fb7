import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import type { Inputs } from './inputs';

/** The named input of nx.json that stands for the source of image-tooling itself, where that lies in the workspace. */
const SOURCE = 'imageTooling';
/** The package that does the work. What the plugin decides is in the targets, which are hashed as well. */
const COMMAND = '@image-tooling/cli';
/** Those that Nx knows. */
const LOCK_FILES = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];
const PRINT_VERSION = `node -p "require('${COMMAND}/package.json').version"`;

/**
 * What decides a task's result beside its definition: the code that makes it. A workspace that holds image-tooling's
 * source names that. One that has it as a dependency hashes the package with all that it depends on, as its lock file
 * has them; Nx knows of no package without one, and then the version that is installed has to do.
 */
export function implementationInputs(nxJson: NxJsonConfiguration, workspaceRoot: string): Inputs {
  if (nxJson.namedInputs?.[SOURCE] !== undefined) return [SOURCE];
  // An empty list says that no package counts: without it all of them would.
  if (!isLocked(workspaceRoot)) return [{ runtime: PRINT_VERSION }, { externalDependencies: [] }];
  return [{ externalDependencies: [COMMAND] }];
}

function isLocked(workspaceRoot: string): boolean {
  return LOCK_FILES.some((file) => textOf(join(workspaceRoot, file)).includes(COMMAND));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
