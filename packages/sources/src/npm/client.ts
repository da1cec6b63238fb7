import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { run } from '@image-tooling/host';
import { npmFailure } from './failures';
import { npmName, type NpmPackage } from './package';
import type { NpmRun } from './run';

/** 100 MB on a slow line (1 Mbit/s) take a quarter of an hour. */
const LIMIT_SECONDS = 900;

/**
 * Returns what npm prints about a package (npm-view(1)), as JSON. Keeps npm's cache and logs in `cache`. Fails as
 * `npmPack` does.
 *
 * @param spec a package, or one version of it
 * @param fields such as "versions" and "time"
 */
export async function npmView(
  {
    spec,
    fields,
    cache,
  }: { readonly spec: NpmSpec; readonly fields: readonly string[]; readonly cache: string },
  npm: NpmRun,
): Promise<Result<string>> {
  const name = specName(spec);
  const ended = await run({
    argv: ['npm', 'view', name, ...fields, '--json', '--cache', cache, ...QUIET, ...timeLimits(npm)],
    cwd: npm.folder,
    env: npm.env,
    signal: npm.context.signal,
    timeoutSeconds: npm.limitSeconds ?? LIMIT_SECONDS,
  });
  if (!ended.ok) return ended.failures[0].code === 'command-missing' ? fail(noNpm()) : ended;
  const { exitCode, stdout, stderr } = ended.value;
  return exitCode === 0 ? ok(stdout) : fail(npmFailure(stderr, name, { env: npm.env, into: cache }));
}

/** A package, or one version of it. */
export type NpmSpec = Pick<NpmPackage, 'package'> & Partial<NpmPackage>;

function specName({ package: name, version }: NpmSpec): string {
  return version === undefined ? name : npmName({ package: name, version });
}

/**
 * Downloads a package's published file into `into` with npm (npm-pack(1)). Runs no scripts, and keeps npm's
 * cache and logs in `cache`. Fails as `npmFailure` says, with `command-missing`, `timeout` or `aborted`.
 */
export async function npmPack(
  wanted: NpmPackage,
  { into, cache }: { readonly into: string; readonly cache: string },
  npm: NpmRun,
): Promise<Result<void>> {
  const spec = npmName(wanted);
  const ended = await run({
    argv: ['npm', 'pack', spec, '--pack-destination', into, '--cache', cache, ...QUIET, ...timeLimits(npm)],
    cwd: npm.folder,
    env: npm.env,
    signal: npm.context.signal,
    timeoutSeconds: npm.limitSeconds ?? LIMIT_SECONDS,
  });
  if (!ended.ok) return ended.failures[0].code === 'command-missing' ? fail(noNpm()) : ended;
  const { exitCode, stderr } = ended.value;
  return exitCode === 0 ? ok(undefined) : fail(npmFailure(stderr, spec, { env: npm.env, into }));
}

const QUIET = [
  '--ignore-scripts',
  '--loglevel=error',
  '--no-progress',
  '--no-update-notifier',
  '--no-fund',
  '--no-audit',
];

/** npm waits five minutes for a silent server, three times. */
function timeLimits({ timings }: NpmRun): string[] {
  const milliseconds = (seconds: number): string => String(Math.max(1, Math.round(seconds * 1000)));
  return [
    `--fetch-timeout=${milliseconds(timings.stallSeconds)}`,
    `--fetch-retries=${timings.tries - 1}`,
    `--fetch-retry-mintimeout=${milliseconds(timings.backoffSeconds)}`,
    `--fetch-retry-maxtimeout=${milliseconds(timings.longestWaitSeconds)}`,
  ];
}

function noNpm(): Failure {
  return {
    code: 'command-missing',
    message: 'Fetching an npm package needs the program "npm", which is not on this machine.',
    hint: 'It comes with Node: install Node with npm, or add it to PATH.',
  };
}
