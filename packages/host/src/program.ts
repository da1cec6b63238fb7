import { spawn, type ChildProcessByStdio, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { isErrno } from './files';

/** Whether a program can be found, along `PATH` of the given environment or this process's own. */
export async function hasProgram(
  name: string,
  env?: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  return (await findProgram(name, env)) !== undefined;
}

/** The path of a program, found along `PATH` of the given environment or this process's own. */
export async function findProgram(
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string | undefined> {
  const { which } = await import('zx');
  return (await which(name, { nothrow: true, path: env['PATH'] ?? '' })) ?? undefined;
}

/** Fails with `command-missing` where a program can't be found. */
export async function needProgram(
  name: string,
  env?: Readonly<Record<string, string | undefined>>,
): Promise<Result<void>> {
  if (await hasProgram(name, env)) return ok(undefined);
  return fail({
    code: 'command-missing',
    message: `The program "${name}" is not on this machine.`,
    hint: 'Run ./bootstrap, which installs what is missing.',
  });
}

/**
 * Starts a program in a process group of its own. An error that Node throws at once (arguments that are too long) comes
 * back as those do that it reports later.
 */
export function spawnGroup(
  [program, ...args]: readonly [string, ...string[]],
  { stdin, ...options }: Pick<SpawnOptions, 'cwd' | 'env'> & { readonly stdin: 'pipe' | 'ignore' },
): ChildProcessByStdio<Writable | null, Readable, Readable> | NodeJS.ErrnoException {
  try {
    const group = { ...options, detached: true };
    return stdin === 'pipe'
      ? spawn(program, args, { ...group, stdio: ['pipe', 'pipe', 'pipe'] })
      : spawn(program, args, { ...group, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if (isErrno(error) && error.syscall?.startsWith('spawn')) return error;
    throw error;
  }
}

/** Why a program that is there could not be started. */
export function notStarted(program: string, { message }: Error): Failure {
  return { code: 'command-failed', message: `"${program}" could not be started: ${message}.` };
}

/** The exit code a shell would tell: 128 + its number for a signal. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal !== null) return 128 + constants.signals[signal];
  return code ?? 1;
}
