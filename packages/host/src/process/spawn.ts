import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { Failure } from '@image-tooling/model';
import { isErrno } from '../files';

export type Argv = readonly [string, ...string[]];
export type Environment = Readonly<Record<string, string | undefined>>;

/** How to start a program: the only way in which this code base starts one. */
export interface SpawnRequest extends Pick<SpawnOptions, 'detached' | 'stdio'> {
  readonly argv: Argv;
  readonly cwd?: string;
  /** The whole environment; default: this process's own. */
  readonly env?: Environment;
}

/** Starts a program. Returns an error that Node throws at once (arguments that are too long) like those it reports later. */
export function spawnProgram(request: SpawnRequest): ChildProcess | NodeJS.ErrnoException {
  const { argv, env, ...options } = request;
  const [program, ...args] = argv;
  try {
    return spawn(program, args, { ...options, env: { ...(env ?? process.env) } });
  } catch (error) {
    if (isErrno(error) && error.syscall?.startsWith('spawn')) return error;
    throw error;
  }
}

/** Returns the failure for a program that exists and could not be started. */
export function notStarted(program: string, { message }: Error): Failure {
  return { code: 'command-failed', message: `"${program}" could not be started: ${message}.` };
}

/** Returns the exit code that a shell would report: 128 + the signal's number where a signal ended the program. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal !== null) return 128 + constants.signals[signal];
  return code ?? 1;
}
