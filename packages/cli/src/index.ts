import { isStdout, showsColor, watchOutput, withBugReport } from '@image-tooling/host';
import { formatFailures, type Failure, type Result } from '@image-tooling/model';
import { storeRoot } from '@image-tooling/oci';
import {
  loadOptions,
  openSession,
  type OpenLayerCache,
  type Session,
  type SessionRequest,
} from '@image-tooling/pipeline';
import { checkFlags, readArguments, type Arguments } from './command/arguments';
import { withArgumentsOfNx } from './arguments-of-nx';
import { commandNamed, COMMANDS, type Command, type Ending } from './commands';
import { currentFolder } from './current-folder';
import type { Host } from './host';
import { showHelp } from './show-help';
import { openScreen, type Screen } from './display';
import { abortOnSignals } from './signals';
import { stoppedText } from './stopped';
import { withStoreAdvice } from './store-advice';

export type { Host } from './host';

/**
 * Runs a command line in the workspace at the current folder. Returns the exit code: 0, 1 for a failure, 2
 * for an unknown command, 130 when stopped. Never rejects.
 *
 * @param version the output of `--version`
 * @param openLayerCache of `./cache`, which is another bundle
 */
export async function main(
  argv: readonly string[],
  host: Host = process,
  version = '0.0.0',
  openLayerCache?: OpenLayerCache,
): Promise<number> {
  const output = watchOutput(host.stdout, host.stderr);
  const signals = abortOnSignals(host);
  try {
    const exitCode = await withBugReport(
      host,
      () => runLine(argv, { host, version, ...(openLayerCache && { openLayerCache }) }, signals.signal),
      () => signals.stop(),
    );
    const lost = await output.lost();
    return lost && exitCode === 0 ? report(host, [lost]) : exitCode;
  } finally {
    signals.end();
  }
}

interface Program {
  readonly host: Host;
  readonly version: string;
  readonly openLayerCache?: OpenLayerCache;
}

async function runLine(argv: readonly string[], program: Program, signal: AbortSignal): Promise<number> {
  const { host, version } = program;
  const words = withArgumentsOfNx(argv);
  if (!words.ok) return report(host, words.failures);
  const given = readArguments(words.value);
  if (!given.ok) return report(host, given.failures);
  const command = commandNamed(COMMANDS, given.value.command);
  if (given.value.flags.version) return sayVersion(host, version);
  if (given.value.flags.help || !command) return showHelp(host, given.value);
  const screen = openScreen(await reportStream(command, given.value, host), host.env, command);
  try {
    const result = await runCommand(command, given.value, { ...program, screen, signal });
    screen.end();
    if (result.ok) return end(host, screen, result.value);
    const stopped = await stoppedText(result.failures, signal, host.env, command.startsOver);
    return stopped === undefined ? report(host, result.failures) : sayStopped(host, stopped);
  } finally {
    screen.end();
  }
}

/** Returns the stream for the display: stderr if the command or the user's command writes data to stdout. */
async function reportStream(command: Command, given: Arguments, { stdout, stderr }: Host) {
  const output = command.output?.(given);
  const takesStdout = output !== undefined && (await isStdout(output, stdout));
  return takesStdout || command.reportsOn === 'stderr' ? stderr : stdout;
}

interface Surroundings extends Program {
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

async function runCommand(
  command: Command,
  given: Arguments,
  { host, version, openLayerCache, screen, signal }: Surroundings,
) {
  const flags = checkFlags(given, command.flags);
  if (!flags.ok) return flags;
  const folder = currentFolder(host);
  if (!folder.ok) return folder;
  const cwd = folder.value;
  const context = { signal, progress: screen.progress };
  let opened: Session | undefined;
  const session = async (): Promise<Result<Session>> => {
    const found = await openWorkspace({
      root: cwd,
      env: host.env,
      context,
      readOnly: command.readOnly ?? false,
      writesDefinitions: command.writesDefinitions ?? false,
      version,
      ...(openLayerCache && { openLayerCache }),
    });
    if (found.ok) opened = found.value;
    return found;
  };
  try {
    const { stdin, stdout } = host;
    return await command.run({ given, env: host.env, cwd, stdin, stdout, context, session });
  } finally {
    await opened?.close();
  }
}

async function openWorkspace(request: Omit<SessionRequest, 'options'>): Promise<Result<Session>> {
  const options = await loadOptions(request.root);
  return options.ok ? openSession({ ...request, options: options.value }) : options;
}

function end(host: Host, screen: Screen, { lines, found, exitCode = 0 }: Ending): number {
  lines.forEach((line) => screen.write(line));
  return found.length > 0 ? report(host, found) : exitCode;
}

function sayVersion({ stdout }: Host, version: string): number {
  stdout.write(`${version}\n`);
  return 0;
}

/** Prints one line for a run that the user stopped, without failures of what was interrupted. */
function sayStopped({ stderr }: Host, text: string): number {
  stderr.write(`${text}\n`);
  return 130;
}

function report({ stderr, env }: Host, failures: readonly Failure[]): number {
  const root = storeRoot(env);
  const shown = oneFullDisk(root.ok ? withStoreAdvice(failures, root.value) : failures);
  stderr.write(`${formatFailures(shown, { color: showsColor(stderr, env) })}\n`);
  return 1;
}

/** Keeps one of several `disk-full` failures: a full disk fails every write at that moment. */
function oneFullDisk(failures: readonly Failure[]): Failure[] {
  const first = failures.find(({ code }) => code === 'disk-full');
  return failures.filter((failure) => failure === first || failure.code !== 'disk-full');
}
