import { neededPrograms } from '@image-tooling/engines/programs';
import { hasProgram } from '@image-tooling/host/process';

/** The facts that decide whether images can be built on a machine. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly isRoot: boolean;
}

/** Returns the Debian packages to install so that buildah can run steps; none if there is another engine. */
export async function missingPackages({ env, isRoot }: Machine): Promise<string[]> {
  if (await hasOtherEngine(env)) return [];
  const missing = new Set<string>();
  for (const [program, debianPackage] of Object.entries(neededPrograms({ isRoot })))
    if (!(await hasProgram(program, env))) missing.add(debianPackage);
  return [...missing];
}

async function hasOtherEngine(env: NodeJS.ProcessEnv): Promise<boolean> {
  const isNamed = ['_EXPERIMENTAL_DAGGER_RUNNER_HOST', 'DAGGER_SESSION_PORT'].some((name) => env[name]);
  return isNamed || (await hasProgram('docker', env)) || hasProgram('podman', env);
}
