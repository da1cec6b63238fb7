import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { neededPrograms } from '@image-tooling/engines/programs';

/** The facts that decide whether images can be built on a machine. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly isRoot: boolean;
}

/** Returns the Debian packages to install so that buildah can run steps; none if there is another engine. */
export function missingPackages({ env, isRoot }: Machine): string[] {
  if (hasOtherEngine(env)) return [];
  const needed = Object.entries(neededPrograms({ isRoot }));
  const missing = needed.filter(([program]) => !hasProgram(program, env));
  return [...new Set(missing.map(([, debianPackage]) => debianPackage))];
}

function hasOtherEngine(env: NodeJS.ProcessEnv): boolean {
  const isNamed = ['_EXPERIMENTAL_DAGGER_RUNNER_HOST', 'DAGGER_SESSION_PORT'].some((name) => env[name]);
  return isNamed || ['docker', 'podman'].some((program) => hasProgram(program, env));
}

function hasProgram(program: string, env: NodeJS.ProcessEnv): boolean {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
