import { runInForeground } from '@image-tooling/host/process';
import type { Result } from '@image-tooling/model/result';
import type { Host, Parts } from '../command-line/types';
import type { ScriptSettings } from './settings';
import { scriptText } from './text';

const SHELL = '/bin/sh';

/** Node 22.15 and later; not in the types of Node 20. */
type Execve = (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => never;

/**
 * Runs the script in place of this process where Node can; else as its child, with signals passed on. Returns its exit
 * code. Fails with `command-missing` or `command-failed`.
 */
export async function runScript(
  settings: ScriptSettings,
  words: readonly string[],
  around: Around,
): Promise<Result<number>> {
  const program = scriptProgram(settings, words, around);
  const { execve } = process as { execve?: Execve };
  if (around.host === process && execve) execve.call(process, SHELL, program.argv, program.env);
  const forwards = isAtTerminal(around.host) ? ENDING : [...ENDING, 'SIGINT' as const];
  const ended = await runInForeground({ ...program, forwards, ignores: ['SIGINT'] });
  return ended.ok ? { ok: true, value: ended.value.exitCode } : ended;
}

export interface Around {
  readonly host: Host;
  readonly parts: Parts;
  /** The engine that the command line demands. */
  readonly engine?: string | undefined;
}

/** Returns the program that runs the script. An engine that was asked for is used, or the script fails. */
export function scriptProgram(
  settings: ScriptSettings,
  words: readonly string[],
  { host, parts, engine }: Around,
) {
  const text = scriptText(settings, parts.scripts, parts.version);
  return {
    argv: [SHELL, '-c', text, 'toolbox', ...words] as const,
    env: engine === undefined ? host.env : { ...host.env, TOOLBOX_ENGINE: engine },
    cwd: host.cwd(),
  };
}

const ENDING: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Ctrl-C reaches the whole process group: passed on, the command would get it twice. */
function isAtTerminal({ stdin, stdout, stderr }: Host): boolean {
  return [stdin, stdout, stderr].some((stream) => (stream as { isTTY?: boolean }).isTTY === true);
}
