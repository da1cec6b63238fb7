// Only what a call of a tool needs: it waits for all that is loaded here.
import { fail, type Result } from '@image-tooling/model/result';
import { readArguments, type Arguments } from './command-line/arguments';
import { HELP } from './command-line/help';
import { runScript } from './script/run';
import { settingsOf } from './script/settings';
import type { Host, Parts } from './command-line/types';

export type { CommandRequest, Commands, Host, Parts } from './command-line/types';

/** As engines report failures that are not the command's. */
const NOT_STARTED = 125;

/** Runs a command of the image, or of toolbox itself. Returns the exit code. */
export async function main(argv: readonly string[], host: Host, parts: Parts): Promise<number> {
  const read = readArguments(argv);
  if (!read.ok) return refused(host, read);
  const given = read.value;
  if (given.options.version) return say(host, `${parts.version}\n`);
  if (given.command === 'help') return say(host, HELP);
  const { command } = given;
  if (command !== undefined) return (await parts.commands()).runCommand({ ...given, command }, host, parts);
  return call(given, host, parts);
}

async function call({ options, words }: Arguments, host: Host, parts: Parts): Promise<number> {
  const misplaced = (['dir', 'remove', 'plain-http'] as const).find((name) => options[name]);
  if (misplaced) return refused(host, fail({ code: 'usage', message: `--${misplaced} is not for calls.` }));
  const settings = settingsOf(options, 'run');
  if (!settings.ok) return refused(host, settings);
  const ended = await runScript(settings.value, words, { host, parts, engine: options.engine?.at(-1) });
  return ended.ok ? ended.value : refused(host, ended);
}

function say({ stdout }: Host, text: string): number {
  stdout.write(text);
  return 0;
}

function refused({ stderr }: Host, result: Result<unknown>): number {
  for (const { message, hint } of result.ok ? [] : result.failures)
    stderr.write(`toolbox: ${message}\n${hint === undefined ? '' : `toolbox: ${hint}\n`}`);
  return NOT_STARTED;
}
