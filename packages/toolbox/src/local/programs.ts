import { run } from '@image-tooling/host/process';

/**
 * Returns the path of a program as a shell finds it; undefined if it is not on the PATH. `findProgram` of host would make
 * the published package depend on zx.
 */
export async function programPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const found = await run({ argv: ['/bin/sh', '-c', 'command -v -- "$1"', 'sh', name], env });
  const path = found.ok ? found.value.stdout.trim() : '';
  return path.startsWith('/') ? path : undefined;
}
