import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { isErrno } from '../files';

export type Argv = readonly [string, ...string[]];
export type Environment = Readonly<Record<string, string | undefined>>;

/** A program to start. This file is the only place that starts programs. */
export interface SpawnRequest extends Pick<SpawnOptions, 'detached' | 'stdio'> {
  readonly argv: Argv;
  readonly cwd?: string;
  /** The whole environment; default: this process's own. */
  readonly env?: Environment;
}

/** Starts a program. Returns the child, or why it could not be started. */
export async function spawnProgram(request: SpawnRequest): Promise<ChildProcess | Error> {
  const child = spawned(request);
  if (child instanceof Error) return child;
  // A signal that can't be sent also emits an error; only the end of the program counts.
  if (child.pid !== undefined) return child.on('error', () => undefined);
  const [error] = (await once(child, 'error')) as [Error];
  return error;
}

/** Some errors are thrown synchronously (arguments that are too long), others are events. */
function spawned(request: SpawnRequest): ChildProcess | Error {
  const { argv, env, ...options } = request;
  const [program, ...args] = argv;
  // Loaded when it is needed: most tasks start no program.
  const { spawn } = process.getBuiltinModule('node:child_process');
  try {
    return spawn(program, args, { ...options, env: { ...(env ?? process.env) } });
  } catch (error) {
    if (isErrno(error) && error.syscall?.startsWith('spawn')) return error;
    throw error;
  }
}

/** Returns the exit code that a shell would report: 128 + the signal's number where a signal ended the program. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal !== null) return 128 + constants.signals[signal];
  return code ?? 1;
}
