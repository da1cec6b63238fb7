import { fail, ok, type Arch, type Failure, type Result } from '@image-tooling/model';
import { notFound } from '../not-found';
import type { ArchivePackage, PackageIndex } from '../package';
import { CONFIGURATION } from './configuration';
import { parseAptResolution, type AptAction } from './simulation';

/** A command for a step whose read-only mount `mountAt` holds what `writeAptLists` wrote. */
export function aptResolveCommand(request: {
  readonly packages: readonly string[];
  readonly mountAt: string;
}): { argv: [string, ...string[]]; env: Record<string, string> } {
  return {
    argv: [
      'apt-get',
      'install',
      '--simulate',
      '--quiet',
      '--no-install-recommends',
      '--',
      ...request.packages,
    ],
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LC_ALL: 'C',
      APT_CONFIG: `${request.mountAt}/${CONFIGURATION}`,
    },
  };
}

/** A `package-not-found` for every name that no suite has. No engine is needed to know that. */
export function missingPackages(names: readonly string[], index: PackageIndex): Failure[] {
  return names.filter((name) => !index.byName.has(name)).map((name) => notFound(name, index));
}

export interface AptRun {
  /** The image, for messages. */
  readonly image: string;
  readonly arch: Arch;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The packages that apt would install, sorted by name. Fails with `package-conflict` (apt's own words in the
 * details), with `parent-changed` for each package of the chain that apt would replace or remove, or with
 * `archive-format` where apt answered with a package that the lists do not have.
 */
export function readAptResolution(run: AptRun, index: PackageIndex): Result<ArchivePackage[]> {
  if (run.exitCode !== 0) return fail(conflict(run));
  const actions = parseAptResolution(run.stdout);
  const changed = actions
    .filter(({ before }) => before !== undefined)
    .map((action) => parentChanged(action, run));
  const found = actions
    .filter(({ before }) => before === undefined)
    .map((action) => ({ action, listed: listedPackage(action, index) }));
  const unknown = found.flatMap(({ action, listed }) => (listed ? [] : [unlisted(action)]));
  const [first, ...rest] = [...changed, ...unknown];
  if (first) return fail(first, ...rest);
  return ok(found.flatMap(({ listed }) => listed ?? []).sort((a, b) => (a.name < b.name ? -1 : 1)));
}

function listedPackage({ name, version, arch }: AptAction, index: PackageIndex): ArchivePackage | undefined {
  return index.byName.get(name)?.find((known) => known.version === version && known.architecture === arch);
}

function conflict({ image, arch, stdout, stderr }: AptRun): Failure {
  const words = `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^Reading|^Building/.test(line));
  return {
    code: 'package-conflict',
    message: `apt finds no way to install the packages of "${image}" (${arch}) together on top of its parent.`,
    hint: 'Read what apt says below, and take the package that gets in the way out of image.json.',
    details: words.slice(-30),
  };
}

function parentChanged({ name, before, version }: AptAction, { image, arch }: AptRun): Failure {
  const what = version === undefined ? `removed (${before})` : `replaced: ${before} by ${version}`;
  return {
    code: 'parent-changed',
    message: `To install the packages of "${image}" (${arch}), ${name} of its parent would be ${what}; a child never changes a parent's package.`,
    hint:
      version === undefined
        ? 'Take the package that conflicts with it out of image.json, or the other one out of the parent.'
        : "Run the parent's lock target first, so that both stand on one state of the archive.",
  };
}

function unlisted({ name, version, arch }: AptAction): Failure {
  return {
    code: 'archive-format',
    message: `apt chose ${name} ${version} (${arch}), which is not in the verified lists.`,
    hint: 'This should not happen: report it with the root lock.',
  };
}
