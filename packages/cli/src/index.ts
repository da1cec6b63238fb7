import { formatFailures, type Failed } from '@image-tooling/model';
import { loadOptions, openSession } from '@image-tooling/pipeline';
import { readArguments, type Arguments } from './arguments';
import { COMMANDS, type Command } from './commands';
import { HELP } from './help';
import { openScreen, type Screen } from './progress';
import { abortOnSignals } from './signals';

/** Runs a command line in the workspace at the current folder, and gives the exit code: 0, 1, or 130 when stopped. */
export async function main(argv: readonly string[]): Promise<number> {
  const screen = openScreen(process.stdout, process.env);
  const given = readArguments(argv);
  if (!given.ok) return report(given);
  const command = COMMANDS[given.value.command];
  if (given.value.flags['help'] || !command) return showHelp(given.value);
  return runCommand(command, given.value, screen);
}

async function runCommand(command: Command, given: Arguments, screen: Screen): Promise<number> {
  const signals = abortOnSignals(process);
  const root = process.cwd();
  const options = await loadOptions(root);
  if (!options.ok) return report(options);
  const context = { signal: signals.signal, progress: screen.progress };
  const session = await openSession({ root, options: options.value, env: process.env, context });
  if (!session.ok) return report(session);
  try {
    const result = await command(session.value, given);
    screen.end();
    if (!result.ok) return report(result, signals.signal.aborted);
    result.value.forEach((line) => screen.write(line));
    return 0;
  } finally {
    await session.value.close();
    signals.end();
  }
}

function showHelp({ command, flags }: Arguments): number {
  if (flags['help'] || command === 'help' || command === '') {
    process.stdout.write(HELP);
    return command === '' && !flags['help'] ? 2 : 0;
  }
  process.stderr.write(`There is no command "${command}".\n\n${HELP}`);
  return 2;
}

function report({ failures }: Failed, aborted = false): number {
  process.stderr.write(`${formatFailures(failures, { color: process.stderr.isTTY })}\n`);
  return aborted ? 130 : 1;
}
