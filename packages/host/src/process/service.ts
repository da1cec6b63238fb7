import { fail, ok, type Result } from '@image-tooling/model/result';
import { timerMs } from '../timer-ms';
import { eachLine } from './lines';
import { spawnProgram, type Argv, type Environment } from './spawn';
import { startFailure } from './start-failure';
import { killGroup, timeoutFailure } from './stop';

export interface ServiceRequest {
  readonly argv: Argv;
  readonly cwd: string;
  readonly env: Environment;
  /** Until its first line. */
  readonly timeoutSeconds: number;
}

/**
 * Starts a program that continues after this process ends (setsid(2)), and returns the first line that it prints. It
 * must print nothing after that: its output is not read. Fails with `command-missing`, `command-failed` (it ended without a
 * line) or `timeout` (it is killed).
 */
export async function startService(request: ServiceRequest): Promise<Result<string>> {
  const { argv, cwd, env, timeoutSeconds } = request;
  const child = await spawnProgram({ argv, cwd, env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  if (child instanceof Error) return fail(startFailure(request, child));
  const { stdout } = child;
  if (!stdout) throw new Error('a pipe that was asked for');
  let timer: NodeJS.Timeout | undefined;
  const line = await new Promise<Result<string>>((resolve) => {
    timer = setTimeout(() => {
      killGroup(child.pid, 'SIGKILL');
      resolve(fail(timeoutFailure({ argv, timeoutSeconds }, '')));
    }, timerMs(timeoutSeconds));
    eachLine(stdout, (text) => resolve(ok(text)));
    child.on('close', () => resolve(fail(silent(argv))));
  });
  clearTimeout(timer);
  stdout.destroy();
  child.unref();
  return line;
}

function silent([program]: Argv) {
  return { code: 'command-failed', message: `"${program}" ended before it was ready.` } as const;
}
