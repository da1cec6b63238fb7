import type { Environment } from './spawn';

/** Returns whether a program is on the `PATH` of the given environment or this process's own. */
export async function hasProgram(name: string, env?: Environment): Promise<boolean> {
  return (await findProgram(name, env)) !== undefined;
}

/** Returns the path of a program on the `PATH` of the given environment or this process's own. */
export async function findProgram(name: string, env: Environment = process.env): Promise<string | undefined> {
  const { which } = await import('zx/core');
  return (await which(name, { nothrow: true, path: env['PATH'] ?? '' })) ?? undefined;
}
