import { fail, ok, type Arch, type Failure, type Result } from '@image-tooling/model';
import { notFound } from '../not-found';
import type { ArchivePackage, PackageIndex } from '../package';
import { CONFIGURATION, MAY_REPLACE } from './configuration';
import { listedPackage, parentChanges, type InstalledOwner } from './parent-changed';
import { parseAptResolution, type AptAction } from './simulation';

/**
 * A command for a step whose read-only mount `mountAt` holds what `writeAptLists` wrote. apt takes no other version of
 * what is installed, unless it `mayReplace`: that shows what stands in the way.
 */
export function aptResolveCommand(request: {
  readonly packages: readonly string[];
  readonly mountAt: string;
  readonly mayReplace?: boolean;
}): { argv: [string, ...string[]]; env: Record<string, string> } {
  return {
    argv: [
      'apt-get',
      'install',
      '--simulate',
      '--quiet',
      '--no-install-recommends',
      ...(request.mayReplace ? MAY_REPLACE : []),
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

/** What apt answered. */
export interface AptAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AptRun extends AptAnswer {
  /** The image, for messages. */
  readonly image: string;
  readonly arch: Arch;
}

/** Whether apt found a way that changes nothing of what is installed. */
export function keepsInstalled({ exitCode, stdout }: AptAnswer): boolean {
  return exitCode === 0 && parseAptResolution(stdout).every(({ before }) => before === undefined);
}

/**
 * The packages that apt would install, sorted by name. `free` is apt's answer where it may replace what is installed,
 * asked for where the first answer does not keep it all. Fails with `parent-changed` for each package of the chain
 * that would have to change, with `package-conflict` where there is no way at all (apt's own words in the details), or
 * with `archive-format` where apt answered with a package that the lists do not have.
 */
export function readAptResolution(
  run: AptRun,
  index: PackageIndex,
  free?: { readonly answer: AptAnswer; readonly ownerOf: InstalledOwner },
): Result<ArchivePackage[]> {
  if (!keepsInstalled(run)) {
    const answer = free?.answer ?? run;
    if (answer.exitCode !== 0) return fail(conflict({ ...run, ...answer }));
    const [first, ...rest] = parentChanges(parseAptResolution(answer.stdout), index, {
      ...run,
      ownerOf: free?.ownerOf,
    });
    return first ? fail(first, ...rest) : fail(conflict(run));
  }
  const found = parseAptResolution(run.stdout).map((action) => ({
    action,
    listed: listedPackage(action, index),
  }));
  const [first, ...rest] = found.flatMap(({ action, listed }) => (listed ? [] : [unlisted(action)]));
  if (first) return fail(first, ...rest);
  return ok(found.flatMap(({ listed }) => listed ?? []).sort((a, b) => (a.name < b.name ? -1 : 1)));
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

function unlisted({ name, version, arch }: AptAction): Failure {
  return {
    code: 'archive-format',
    message: `apt chose ${name} ${version} (${arch}), which is not in the verified lists.`,
    hint: 'This should not happen: report it with the root lock.',
  };
}
