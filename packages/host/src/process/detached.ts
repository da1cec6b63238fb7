import { spawnProgram, type Argv, type Environment } from './spawn';

/**
 * Starts a program that continues after this process ends (setsid(2)), without standard streams. A program that can't
 * be started is not reported: callers watch the files that it writes.
 */
export async function startDetached(argv: Argv, env: Environment): Promise<void> {
  const child = await spawnProgram({ argv, env, detached: true, stdio: 'ignore' });
  if (!(child instanceof Error)) child.unref();
}
