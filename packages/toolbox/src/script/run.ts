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
  { host, parts, engine }: Around,
): Promise<Result<number>> {
  const text = scriptText(settings, parts.scripts, parts.version);
  const argv = [SHELL, '-c', text, 'toolbox', ...words] as const;
  const env = environment(host, engine);
  const { execve } = process as { execve?: Execve };
  if (host === process && execve) execve.call(process, SHELL, argv, env);
  const forwards = isAtTerminal(host) ? ENDING : [...ENDING, 'SIGINT' as const];
  const ended = await runInForeground({ argv, env, cwd: host.cwd(), forwards, ignores: ['SIGINT'] });
  return ended.ok ? { ok: true, value: ended.value.exitCode } : ended;
}

export interface Around {
  readonly host: Host;
  readonly parts: Parts;
  /** The engine that the command line demands. */
  readonly engine?: string | undefined;
}

/** The script's environment: an engine that was asked for is used, or the call fails. */
export function environment({ env }: Host, engine: string | undefined): NodeJS.ProcessEnv {
  return engine === undefined ? env : { ...env, TOOLBOX_ENGINE: engine };
}

const ENDING: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Ctrl-C reaches the whole process group: passed on, the command would get it twice. */
function isAtTerminal({ stdin, stdout, stderr }: Host): boolean {
  return [stdin, stdout, stderr].some((stream) => (stream as { isTTY?: boolean }).isTTY === true);
}
