import { constants } from 'node:os';
import { fail, ok, type Result } from '@image-tooling/model';

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

/** The exit code a shell would tell: 128 + its number for a signal. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal !== null) return 128 + constants.signals[signal];
  return code ?? 1;
}
