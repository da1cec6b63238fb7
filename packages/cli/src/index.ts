import { formatFailures, nearest, type Failure, type Result, type RunContext } from '@image-tooling/model';
import { loadOptions, openSession, type Session } from '@image-tooling/pipeline';
import { checkFlags, readArguments, type Arguments } from './arguments';
import { withArgumentsOfNx } from './arguments-of-nx';
import { commandNamed, COMMANDS, type Command, type Ending } from './commands';
import { HELP } from './help';
import { outliveReaders } from './output';
import { openScreen, type Screen } from './progress';
import { abortOnSignals } from './signals';

/** What a command line has of the process that it runs in. */
export type Host = Pick<NodeJS.Process, 'cwd' | 'env' | 'stdout' | 'stderr' | 'on' | 'off' | 'exit'>;

/**
 * Runs a command line in the workspace at the current folder, and gives the exit code: 0, 1 for what failed, 2 for
 * a command that is none, 130 when stopped.
 */
export async function main(argv: readonly string[], host: Host = process): Promise<number> {
  outliveReaders(host.stdout, host.stderr);
  const words = withArgumentsOfNx(argv);
  if (!words.ok) return report(host, words.failures);
  const given = readArguments(words.value);
  if (!given.ok) return report(host, given.failures);
  const command = commandNamed(COMMANDS, given.value.command);
  if (given.value.flags.help || !command) return showHelp(host, given.value);
  const signals = abortOnSignals(host);
  const screen = openScreen(command.reportsOn === 'stderr' ? host.stderr : host.stdout, host.env);
  try {
    const result = await runCommand(command, given.value, { host, screen, signal: signals.signal });
    screen.end();
    if (signals.signal.aborted && !result.ok) return stopped(host);
    if (!result.ok) return report(host, result.failures);
    return end(host, screen, result.value);
  } finally {
    screen.end();
    signals.end();
  }
}

interface Surroundings {
  readonly host: Host;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

async function runCommand(command: Command, given: Arguments, { host, screen, signal }: Surroundings) {
  const flags = checkFlags(given, command.flags);
  if (!flags.ok) return flags;
  const context = { signal, progress: screen.progress };
  let opened: Session | undefined;
  const session = async (): Promise<Result<Session>> => {
    const found = await openWorkspace(host, context);
    if (found.ok) opened = found.value;
    return found;
  };
  try {
    return await command.run({ given, env: host.env, cwd: host.cwd(), context, session });
  } finally {
    await opened?.close();
  }
}

async function openWorkspace(host: Host, context: RunContext): Promise<Result<Session>> {
  const root = host.cwd();
  const options = await loadOptions(root);
  if (!options.ok) return options;
  return openSession({ root, options: options.value, env: host.env, context });
}

function end(host: Host, screen: Screen, { lines, found, exitCode = 0 }: Ending): number {
  lines.forEach((line) => screen.write(line));
  return found.length > 0 ? report(host, found) : exitCode;
}

function showHelp({ stdout, stderr }: Host, { command, flags }: Arguments): number {
  if (flags.help || command === 'help') {
    stdout.write(HELP);
    return 0;
  }
  stderr.write(command === '' ? `Say what to do.\n\n${HELP}` : `${noCommand(command)}\n`);
  return 2;
}

function noCommand(command: string): string {
  const near = nearest(command, Object.keys(COMMANDS));
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  return `There is no command "${command}".${meant} See: image-tooling --help`;
}

/** What was cut short by the user is no mistake to explain: one line, whatever ran at that moment. */
function stopped({ stderr }: Host): number {
  stderr.write('Stopped. What was finished is kept: the same command goes on from there.\n');
  return 130;
}

function report({ stderr }: Host, failures: readonly Failure[]): number {
  stderr.write(`${formatFailures(oneFullDisk(failures), { color: stderr.isTTY })}\n`);
  return 1;
}

/** A full disk meets everything that is written at that moment: it is told once, and hides nothing else. */
function oneFullDisk(failures: readonly Failure[]): Failure[] {
  const first = failures.find(({ code }) => code === 'disk-full');
  return failures.filter((failure) => failure === first || failure.code !== 'disk-full');
}
