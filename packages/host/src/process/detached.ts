import { spawnProgram, type Argv, type Environment } from './spawn';

/**
 * Starts a program that outlives this process: in a session of its own, without standard streams. Whether it runs, and
 * what it does, shows in the files that it writes: a program that can't be started is not reported.
 */
export async function startDetached(argv: Argv, env: Environment): Promise<void> {
  const child = await spawnProgram({ argv, env, detached: true, stdio: 'ignore' });
  if (!(child instanceof Error)) child.unref();
}
