import { fail, ok, type Arch, type Failure, type Result } from '@image-tooling/model';
import { notFound } from '../not-found';
import type { ArchivePackage, PackageIndex } from '../package';
import { CONFIGURATION, MAY_REPLACE } from './configuration';
import { listedPackage, parentChanges, type InstalledOwner } from './parent-changed';
import { parseAptResolution, type AptAction } from './simulation';

/**
 * Returns a command for a step with the folder of `writeAptLists` as its read-only mount `mountAt`. With
 * `mayReplace`, apt may change installed packages, which shows the conflict.
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

/** Returns a `package-not-found` for every name that no suite has. This needs no engine. */
export function missingPackages(names: readonly string[], index: PackageIndex): Failure[] {
  return names.filter((name) => !index.byName.has(name)).map((name) => notFound(name, index));
}

/** The output of apt. */
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

/** Returns whether apt's resolution keeps all installed packages. */
export function keepsInstalled({ exitCode, stdout }: AptAnswer): boolean {
  return exitCode === 0 && parseAptResolution(stdout).every(({ before }) => before === undefined);
}

/**
 * Returns the packages that apt would install, sorted by name. `free` is apt's answer with `mayReplace`, if
 * the first answer does not keep all installed packages. Fails with `parent-changed` for each installed
 * package that would have to change, with `package-conflict` if apt finds no solution (with apt's output in
 * the details), or with `archive-format` if apt chose a package that is not in the lists.
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
    message: `apt can't install the packages of "${image}" (${arch}) together on top of its parent.`,
    hint: "Read apt's output below, and remove the conflicting package from image.json.",
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
