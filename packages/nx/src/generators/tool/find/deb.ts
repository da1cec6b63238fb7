import { run } from '@image-tooling/host';
import { fail, ok } from '@image-tooling/model';
import { usage } from '../../shared/refuse';
import type { Find, Search } from './types';

const TIMEOUT_SECONDS = 20;

/**
 * Finds a Debian package. Its version is that of a locked image, else that of this machine's apt; `lock`
 * reports which versions the archive has. Fails with `usage` if neither has the package.
 */
export const findDeb: Find = async (named, search) => {
  const { name, path, toolVersion } = search.options;
  const known = toolVersion ?? lockedVersion(named, search);
  const version = known ?? (await candidate(named, search));
  if (version === undefined)
    return fail(
      usage(
        `The version of the Debian package "${named}" is unknown.`,
        'Set it: --toolVersion 1.2.3; "lock" lists the versions in the archive.',
      ),
    );
  const program = path ?? `usr/bin/${name}`;
  return ok({
    version: upstream(version),
    source: { package: named, files: { [program]: `bin/${name}` } },
    questions: [
      ...(known === undefined ? [versionOfThisMachine(upstream(version))] : []),
      ...(path === undefined ? [`The program is assumed to be /${program} of the package.`] : []),
      "Only the package's own files are taken: list the packages that it depends on in the images that have the tool.",
    ],
  });
};

/** The host often has another release: Ubuntu's, or an older one of Debian's. */
function versionOfThisMachine(version: string): string {
  return `Version ${version} is the one in this machine's apt. If the images' release has another, "lock" lists it.`;
}

function lockedVersion(name: string, { workspace }: Search): string | undefined {
  for (const { lock } of workspace.images.values())
    for (const platform of Object.values(lock?.value.platforms ?? {})) {
      const found = [...(platform.bootstrap ?? []), ...platform.packages].find((deb) => deb.name === name);
      if (found) return found.version;
    }
  return undefined;
}

async function candidate(name: string, { env, context }: Search): Promise<string | undefined> {
  const ended = await run({
    argv: ['apt-cache', 'policy', name],
    env: { ...env, LC_ALL: 'C' },
    signal: context.signal,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const found = ended.ok ? /Candidate: (\S+)/.exec(ended.value.stdout)?.[1] : undefined;
  return found === '(none)' ? undefined : found;
}

/** Debian policy 5.6.12: without epoch, revision and the suffix of repacked sources. */
function upstream(version: string): string {
  return version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[+~.-](?:dfsg|ds|debian|repack)[\d.]*$/, '');
}
