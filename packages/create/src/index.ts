import type { CommandHost } from '@image-tooling/host';
import { showsColor, watchOutput, withBugReport } from '@image-tooling/host/process-end';
import { fail, formatFailures, ok, type Failure, type Result } from '@image-tooling/model';
import { missingPackages } from '@image-tooling/nx/machine';
import { HELP, readArguments, type Arguments } from './arguments';
import { OWN_IMAGE, type Versions } from './files';
import { dropDraft, findPlace, movePlace, type Place } from './place';
import { StopSignal } from './signals';
import { init, initGit, install, lock, writeFirstFiles, type Around } from './steps';

/**
 * Makes a workspace of images in a folder, completely or not at all. Returns the exit code: 0, 1 for a
 * failure, 130 when stopped. Never rejects.
 */
export async function main(
  argv: readonly string[],
  versions: Versions,
  host: CommandHost = process,
): Promise<number> {
  const output = watchOutput(host.stdout, host.stderr);
  const exitCode = await withBugReport(host, () => runLine(argv, versions, host));
  const lost = await output.lost();
  return lost && exitCode === 0 ? report(host, [lost]) : exitCode;
}

async function runLine(argv: readonly string[], versions: Versions, host: CommandHost): Promise<number> {
  const given = readArguments(argv);
  if (!given.ok) return report(host, given.failures);
  if (given.value.help) return say(host, HELP);
  const place = await findPlace(given.value.folder, host.cwd());
  if (!place.ok) return report(host, place.failures);
  const signals = new StopSignal(host);
  const around = { env: host.env, signal: signals.signal };
  try {
    const made = await make(place.value, versions, { host, around });
    if (!made.ok) return isStopped(made.failures) ? stopped(host, NOTHING_LEFT) : report(host, made.failures);
    return await finish(place.value, given.value, { host, around });
  } finally {
    signals.end();
  }
}

interface Surroundings {
  readonly host: CommandHost;
  readonly around: Around;
}

const NOTHING_LEFT = 'Stopped. Nothing was left behind.';

/** It has another name until it is complete. */
async function make(place: Place, versions: Versions, { host, around }: Surroundings): Promise<Result<void>> {
  try {
    await writeFirstFiles(place, versions);
    say(host, `Installing Nx ${versions.nx} and image-tooling ${versions.own} …\n`);
    const installed = await install(place, around);
    if (!installed.ok) return installed;
    const prepared = await init(place, around);
    if (!prepared.ok) return prepared;
    await initGit(place, around);
    if (around.signal.aborted) return fail({ code: 'aborted', message: 'Stopped.' });
    await movePlace(place);
    return ok(undefined);
  } catch (error) {
    return fail({ code: 'io', message: `The workspace could not be written: ${(error as Error).message}` });
  } finally {
    await dropDraft(place);
  }
}

/** Locks the images of the finished workspace; it is kept if that fails. */
async function finish(place: Place, wanted: Arguments, { host, around }: Surroundings): Promise<number> {
  say(host, `Made ${place.folder}\n`);
  const isRoot = process.getuid?.() === 0;
  const missing = missingPackages({ env: host.env, isRoot });
  if (!wanted.lock || missing.length > 0) return say(host, later(place, missing));
  say(host, 'Resolving the versions of its packages …\n');
  const locked = await lock(place, around, host.stdout.isTTY);
  if (locked.ok) return say(host, `\nNext:\n${commands(place, 'build')}`);
  const rest = `The workspace is there, but not its locks. Continue with:\n${commands(place, 'lock', 'build')}`;
  if (isStopped(locked.failures)) return stopped(host, `Stopped. ${rest}`);
  report(host, locked.failures);
  host.stderr.write(`\n${rest}`);
  return 1;
}

function later(place: Place, missing: readonly string[]): string {
  const lacking = `
This machine can't run containers yet. Install Docker or Podman, or on Debian and Ubuntu:
  sudo apt-get install --no-install-recommends ${missing.join(' ')}
`;
  return `${missing.length > 0 ? lacking : ''}\nNext:\n${commands(place, 'lock', 'build')}`;
}

function commands({ name, exists }: Place, ...targets: readonly string[]): string {
  const run = targets.map((target) => `npx nx run ${OWN_IMAGE}:${target}`).join(' && ');
  return `${exists ? '' : `  cd ${name}\n`}  ${run}\n`;
}

function isStopped(failures: readonly Failure[]): boolean {
  return failures.some(({ code }) => code === 'aborted');
}

function stopped({ stderr }: CommandHost, words: string): number {
  stderr.write(`${words.trimEnd()}\n`);
  return 130;
}

function say({ stdout }: CommandHost, words: string): number {
  stdout.write(words);
  return 0;
}

function report({ stderr, env }: CommandHost, failures: readonly Failure[]): number {
  stderr.write(`${formatFailures(failures, { color: showsColor(stderr, env) })}\n`);
  return 1;
}
