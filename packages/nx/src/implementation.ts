import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import type { Inputs } from './inputs';

/** The named input of nx.json with the source of image-tooling itself, if that is in the workspace. */
const SOURCE = 'imageTooling';
/** The package that does the work. The plugin's decisions are in the targets, which are hashed as well. */
const COMMAND = '@image-tooling/cli';
/** The lock files that Nx knows. */
const LOCK_FILES = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];
const PRINT_VERSION = `node -p "require('${COMMAND}/package.json').version"`;

/**
 * Returns the inputs for the code that makes a task's result. A workspace with image-tooling's source uses
 * its named input. A workspace that depends on it hashes the package with its dependencies as locked; without
 * a lock file Nx knows no packages, so the installed version is the input.
 */
export function implementationInputs(nxJson: NxJsonConfiguration, workspaceRoot: string): Inputs {
  if (nxJson.namedInputs?.[SOURCE] !== undefined) return [SOURCE];
  // An empty list means no package; without it, all packages would count.
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
