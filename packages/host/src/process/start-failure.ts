import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Failure } from '@image-tooling/model';
import { isErrno } from '../files';
import type { Argv, Environment } from './spawn';

/** The program to start, and its folder. */
export interface StartRequest {
  readonly argv: Argv;
  readonly cwd?: string;
  readonly env?: Environment;
}

/**
 * Returns why a program could not be started: `command-missing` if it is not on this machine, else `command-failed`.
 * ENOENT may also mean a missing working folder or interpreter (execve(2)).
 */
export function startFailure(request: StartRequest, error: Error): Failure {
  const { argv, cwd } = request;
  const isThere = cwd !== undefined && !existsSync(cwd) ? true : isProgramThere(request);
  if (isThere || !isErrno(error) || error.code !== 'ENOENT') return notStarted(argv[0], error);
  return {
    code: 'command-missing',
    message: `The program "${argv[0]}" is not on this machine.`,
    hint: 'Run ./bootstrap, which installs what is missing.',
  };
}

function notStarted(program: string, { message }: Error): Failure {
  return { code: 'command-failed', message: `"${program}" could not be started: ${message}.` };
}

function isProgramThere({ argv: [program], env = process.env }: StartRequest): boolean {
  if (program.includes('/')) return existsSync(program);
  return (env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
