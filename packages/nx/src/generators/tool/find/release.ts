import { run } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { homepageOf, releaseTemplate, type ReleaseTemplate } from '@image-tooling/dockerfile';
import { ask, canAsk } from '../../shared/ask';
import { usage } from '../../shared/refuse';
import type { Find, Search } from './types';

const TIMEOUT_SECONDS = 20;
/** Replaces the version placeholder of an address. */
const ANY_VERSION = '0.0.1010101';

/**
 * Finds a vendor's file by its address. For an address with {version}, takes the latest version from the
 * repository's tags on GitHub, or asks the user if GitHub can't be reached. Fails with `usage`.
 */
export const findRelease: Find = async (named, search) => {
  const { options } = search;
  const hasPlaceholder = named.includes('{version}');
  const version = hasPlaceholder ? await versionFor(named, search) : ok(options.toolVersion);
  if (!version.ok) return version;
  const release = templateOf(named, version.value, options);
  if (!release)
    return fail(
      usage(
        `The address ${named} has no version.`,
        "Give the address of one version, or write {version} in its place; a file that changes can't be locked.",
      ),
    );
  const { url, files, archNames } = release;
  return ok({
    version: release.version,
    source: { url, files, ...(Object.keys(archNames).length > 0 && { archNames }) },
    homepage: homepageOf(url),
    questions: questionsOf(release, options, named),
  });
};

function templateOf(
  named: string,
  version: string | undefined,
  { name, path }: Search['options'],
): ReleaseTemplate | undefined {
  const files = { [path ?? name]: `bin/${name}` };
  const url = named.replaceAll('{version}', ANY_VERSION);
  const read = releaseTemplate({ amd64: { url, files }, versions: version === undefined ? [] : [version] });
  if (!named.includes('{version}') || !read) return read;
  return { ...read, version: version ?? read.version };
}

function questionsOf(
  { guessesArm64, files }: ReleaseTemplate,
  { path }: Search['options'],
  named: string,
): string[] {
  const isArchive = /\.(?:tar(?:\.\w+)?|t[gx]z|zip)$/.test(named);
  return [
    ...(guessesArm64 ? ['The name of the file for arm64 is a guess; "lock" reports whether it exists.'] : []),
    ...(isArchive && path === undefined
      ? [`The program is assumed to be "${Object.keys(files)[0]}" in the archive; use --path to change it.`]
      : []),
  ];
}

async function versionFor(named: string, search: Search): Promise<Result<string>> {
  const { toolVersion } = search.options;
  if (toolVersion !== undefined) return ok(toolVersion);
  const latest = await latestTag(named, search);
  if (latest !== undefined) return ok(latest);
  const answer = canAsk() ? await ask('Which version?', '') : '';
  if (answer !== '') return ok(answer.replace(/^v/, ''));
  return fail(usage('The latest version could not be found.', 'Set it: --toolVersion 1.2.3.'));
}

/** Returns the highest version among a repository's tags; undefined if it can't be reached. */
async function latestTag(url: string, { env, context }: Search): Promise<string | undefined> {
  const [repository] = /^https:\/\/(?:github|gitlab)\.com\/[^/]+\/[^/]+/.exec(url) ?? [];
  if (repository === undefined) return undefined;
  const ended = await run({
    argv: ['git', 'ls-remote', '--tags', '--refs', repository],
    env: { ...env, GIT_TERMINAL_PROMPT: '0' },
    signal: context.signal,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (!ended.ok || ended.value.exitCode !== 0) return undefined;
  return highest(
    [...ended.value.stdout.matchAll(/refs\/tags\/v?(\d+\.\d+(?:\.\d+)*)$/gm)].map((match) => match[1]!),
  );
}

/** Compares plain versions by their numbers. */
export function highest(versions: readonly string[]): string | undefined {
  return [...versions].sort(compare).at(-1);
}

function compare(a: string, b: string): number {
  const [ours, theirs] = [a.split('.').map(Number), b.split('.').map(Number)];
  const at = ours.findIndex((number, index) => number !== (theirs[index] ?? 0));
  return at < 0 ? ours.length - theirs.length : ours[at]! - (theirs[at] ?? 0);
}
