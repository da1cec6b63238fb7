import { fail, ok, type Result } from '@image-tooling/model/result';
import type { Environment } from './spawn';

/** Returns whether a program can be found, along `PATH` of the given environment or this process's own. */
export async function hasProgram(name: string, env?: Environment): Promise<boolean> {
  return (await findProgram(name, env)) !== undefined;
}

/** Returns the path of a program, found along `PATH` of the given environment or this process's own. */
export async function findProgram(name: string, env: Environment = process.env): Promise<string | undefined> {
  const { which } = await import('zx');
  return (await which(name, { nothrow: true, path: env['PATH'] ?? '' })) ?? undefined;
}

/** Fails with `command-missing` where a program can't be found. */
export async function needProgram(name: string, env?: Environment): Promise<Result<void>> {
  if (await hasProgram(name, env)) return ok(undefined);
  return fail({
    code: 'command-missing',
    message: `The program "${name}" is not on this machine.`,
    hint: 'Run ./bootstrap, which installs what is missing.',
  });
}
