import { parseArgs } from 'node:util';
import { showsColor, withBugReport, type CommandHost } from '@image-tooling/host';
import { fail, formatFailures, nearest, ok, type Failed, type Result } from '@image-tooling/model';
import { keygen } from './keygen';
import { proxy } from './proxy';
import { status } from './status';
import { summary } from './summary';
import type { CacheArguments, CacheCommand } from './types';

const FLAGS = {
  name: { type: 'string' },
  file: { type: 'string' },
  'pull-requests': { type: 'boolean' },
  run: { type: 'string' },
  watch: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const COMMANDS: Readonly<Record<string, CacheCommand>> = {
  status: { flags: [], run: status },
  summary: { flags: [], run: summary },
  keygen: { flags: ['name', 'file', 'pull-requests'], run: keygen },
  // Started by the plugin, not by people.
  proxy: { flags: ['run', 'watch'], run: proxy },
};
const SHOWN = ['status', 'summary', 'keygen'];

/** A command line, and what it runs in. */
export interface CacheCommandLine {
  /** The words after "image-tooling cache". */
  readonly argv: readonly string[];
  readonly host: CommandHost;
  readonly signal: AbortSignal;
  /** Printed for --help. */
  readonly help: string;
}

/** Runs "image-tooling cache …". Returns the exit code. Never rejects. */
export async function runCommand({ argv, host, signal, help }: CacheCommandLine): Promise<number> {
  return withBugReport(host, async () => {
    const asked = read(argv);
    if (!asked.ok) return report(host, asked);
    if (!asked.value) return say(host, help);
    const { command, flags } = asked.value;
    const { env, stdout } = host;
    const result = await command.run({ flags, root: host.cwd(), env, stdout, signal });
    if (!result.ok) return report(host, result);
    if (result.value.lines.length > 0) say(host, `${result.value.lines.join('\n')}\n`);
    return result.value.isGood ? 0 : 1;
  });
}

interface Asked {
  readonly command: CacheCommand;
  readonly flags: CacheArguments;
}

/** Returns undefined if help is asked for. */
function read(argv: readonly string[]): Result<Asked | undefined> {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true });
    const [name, ...more] = positionals;
    const { help, ...flags } = values;
    if (help === true) return ok(undefined);
    const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) return unknown(name);
    const strange = Object.keys(flags).find((flag) => !command.flags.some((one) => one === flag));
    if (strange !== undefined) return usage(`"cache ${name}" takes no --${strange}.`);
    return more.length > 0 ? usage(`"cache ${name}" takes no names.`) : ok({ command, flags });
  } catch (error) {
    return usage(`${(error as Error).message.split('. ')[0]}.`);
  }
}

function unknown(name: string | undefined): Failed {
  if (name === undefined) return usage('No cache command given.');
  const near = nearest(name, SHOWN);
  return usage(`Unknown command "cache ${name}".`, near && `Did you mean "cache ${near}"?`);
}

function usage(message: string, hint = `Write: image-tooling cache ${SHOWN.join(', or ')}`): Failed {
  return fail({ code: 'usage', message, hint });
}

function report({ stderr, env }: CommandHost, { failures }: Failed): number {
  stderr.write(`${formatFailures(failures, { color: showsColor(stderr, env) })}\n`);
  return failures[0].code === 'usage' && failures[0].message.startsWith('Unknown command') ? 2 : 1;
}

function say({ stdout }: CommandHost, text: string): number {
  stdout.write(text);
  return 0;
}
