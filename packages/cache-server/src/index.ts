import { showsColor, watchOutput, withBugReport, type CommandHost } from '@image-tooling/host';
import { formatFailures, type Failure } from '@image-tooling/model';
import { HELP, readArguments, type Arguments } from './cli/arguments';
import { runPurge } from './cli/purge';
import { newToken } from './cli/token';
import { readSettings, type Settings } from './config';
import { openLog } from './report';
import { serve } from './serve';

/**
 * Runs a command line. Returns the exit code: 0 (also after SIGTERM or Ctrl-C), 1 for a failure, 2 for an unknown
 * command or option. Never rejects.
 *
 * @param version the output of `--version`
 */
export async function main(
  argv: readonly string[],
  host: CommandHost = process,
  version = '0.0.0',
): Promise<number> {
  watchOutput(host.stdout, host.stderr);
  return withBugReport(host, () => runLine(argv, host, version));
}

async function runLine(argv: readonly string[], host: CommandHost, version: string): Promise<number> {
  const given = readArguments(argv);
  if (!given.ok) return report(host, given.failures, 2);
  const { values, command } = given.value;
  if (values.version) return say(host, `${version}\n`);
  if (values.help) return say(host, HELP);
  if (command === 'token') return token(host, given.value);
  const file = values.config ?? host.env['CACHE_CONFIG'] ?? 'cache-server.json';
  const settings = await readSettings(file, host.env);
  if (!settings.ok) return report(host, settings.failures);
  if (values['check-config']) return say(host, `${file} has no mistakes.\n`);
  if (command === 'serve') return runServer(settings.value, host);
  const purged = await runPurge(given.value, settings.value, host);
  return purged.ok ? 0 : report(host, purged.failures);
}

function token(host: CommandHost, given: Arguments): number {
  const made = newToken(given);
  return made.ok ? say(host, made.value) : report(host, made.failures);
}

async function runServer(settings: Settings, host: CommandHost): Promise<number> {
  const stopped = stopSignal(host);
  const running = await serve({ settings, env: host.env, log: openLog(host.stdout) });
  if (!running.ok) return report(host, running.failures);
  await stopped;
  await running.value.stop();
  return 0;
}

/** Settles at the first SIGTERM or Ctrl-C; a second one ends the process at once. */
function stopSignal(host: CommandHost): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const onSignal = (): void => {
      if (++count > 1) host.exit(130);
      resolve();
    };
    for (const name of ['SIGINT', 'SIGTERM'] as const) host.on(name, onSignal);
  });
}

function say({ stdout }: CommandHost, words: string): number {
  stdout.write(words);
  return 0;
}

function report({ stderr, env }: CommandHost, failures: readonly Failure[], exitCode = 1): number {
  stderr.write(`${formatFailures(failures, { color: showsColor(stderr, env) })}\n`);
  return exitCode;
}
