import type { ChildProcessByStdio, StdioOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fail, ok, type Result } from '@image-tooling/model/result';
import { exitCodeOf, spawnProgram, type Environment } from './spawn';
import { startFailure } from './start-failure';
import { abortedFailure, interruptedFailure, stopGroup, timeoutFailure, type StopRules } from './stop';

export interface LaunchOptions extends StopRules {
  readonly cwd?: string;
  /** The whole environment; default: this process's own. */
  readonly env?: Environment;
}

/** A program in a process group of its own, its outputs in pipes. */
export type LaunchedChild = ChildProcessByStdio<Writable | null, Readable, Readable>;

/**
 * Starts a program in a process group of its own, so that stopping it also ends its children. Fails with
 * `command-missing`, `command-failed` (it could not be started) or `aborted`.
 */
export async function launch(
  options: LaunchOptions,
  stdin: 'pipe' | 'ignore' | 'inherit',
): Promise<Result<LaunchedChild>> {
  if (options.signal?.aborted) return fail(abortedFailure(options));
  const { argv, cwd, env } = options;
  const stdio: StdioOptions = [stdin, 'pipe', 'pipe'];
  const child = await spawnProgram({ argv, env, detached: true, stdio, ...(cwd !== undefined && { cwd }) });
  if (child instanceof Error) return fail(startFailure(options, child));
  return ok(child as LaunchedChild);
}

/** The exit code of a program that was killed: 128 + SIGKILL. */
const KILLED = 137;

/**
 * Waits until a program has ended and all its output is read, and stops it on abort or time-out. Returns its exit
 * code, 128 + the signal's number if a signal ended it. Fails with `timeout` (with the last lines of `output`) or
 * `aborted`, also where another process sent SIGINT, SIGTERM or SIGHUP. Never rejects.
 */
export async function endOf(
  child: LaunchedChild,
  options: LaunchOptions,
  output: () => string,
): Promise<Result<number>> {
  const stopper = stopGroup(() => child.pid, options);
  const closed = new Promise<number>((resolve) => {
    child.on('close', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
  const abandoned = stopper.abandoned.then(() => {
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
    return KILLED;
  });
  const end = await Promise.race([closed, abandoned]);
  const stopped = stopper.end();
  if (stopped === 'aborted') return fail(abortedFailure(options));
  if (stopped === 'timeout') return fail(timeoutFailure(options, output()));
  const interrupted = interruptedFailure(options, end);
  return interrupted ? fail(interrupted) : ok(end);
}
