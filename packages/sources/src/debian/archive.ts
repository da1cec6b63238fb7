import { all, fail, ok, type Arch, type Failure, type Result, type RunContext } from '@image-tooling/model';
import type { Downloader } from '../download';
import {
  fetchIndex,
  fetchRelease,
  type FetchedRelease,
  type IndexOptions,
  type PackageList,
} from './fetch-index';
import type { ListCache } from './list-cache';
import type { PackageIndex } from './package';
import { indexPackages } from './package-index';
import { parsePackages } from './packages-file';
import type { Suite } from './release';

/** The servers of one archive, and its trusted keys. */
export interface ArchiveSource {
  /** Base addresses, the first one tried first: configured mirrors, the host's own, public ones. */
  readonly mirrors: readonly string[];
  /** Base address of the archive's past states: `…/archive/debian`. */
  readonly snapshot?: string;
  /** ASCII-armoured public keys. */
  readonly trustedKeys: readonly string[];
}

/** Archives by their name in the lock: `debian`, `debian-security`. */
export type ArchiveSources = Readonly<Record<string, ArchiveSource>>;

export interface ArchiveRequest {
  readonly archives: ArchiveSources;
  readonly suites: readonly Suite[];
  /** Default `main`. Fails for a suite that lacks one of them. */
  readonly components?: readonly string[];
  readonly arches: readonly Arch[];
  /** Default: now. */
  readonly now?: Date;
  readonly http: Downloader;
  /** Package lists of earlier runs: those are not downloaded again. */
  readonly cache?: ListCache;
}

/** One row of the root lock: the InRelease that the images use. */
export interface ReleaseState extends Suite {
  /** Of the InRelease file, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Seconds since the epoch. */
  readonly date: number;
}

/** All suites at one moment, verified. */
export interface ArchiveState {
  readonly releases: readonly ReleaseState[];
  /** The newest date of the releases, in seconds since the epoch: the archive time. */
  readonly time: number;
  /** The verified Packages files, for apt. */
  readonly lists: readonly PackageList[];
  /** The signed InRelease files, for apt. */
  readonly inReleases: readonly FetchedRelease[];
  /** Returns the packages of an architecture and `all`. Throws for an architecture that was not requested. */
  packages(arch: Arch): PackageIndex;
}

/**
 * Fetches and verifies the package lists of all suites; lists that the cache has are not downloaded. Fails with
 * every suite's failures at once: those of `readRelease`, those of a download, `archive-format` for a list that
 * can't be read, `aborted`.
 */
export async function openArchive(
  request: ArchiveRequest,
  context: RunContext,
): Promise<Result<ArchiveState>> {
  const step = context.progress.step('package lists');
  let bytes = 0;
  const onBytes = (count: number): void => void (bytes += count);
  const fetching = { http: request.http, signal: context.signal, onBytes, cache: request.cache };
  const suites = await Promise.all(request.suites.map((suite) => openSuite(suite, request, fetching)));
  const opened = all(suites);
  if (!opened.ok) {
    step.failed();
    return opened;
  }
  const state = stateOf(opened.value, request.arches);
  if (state.ok) step.done({ origin: 'fetched', bytes });
  else step.failed();
  return state;
}

interface OpenedSuite {
  readonly release: FetchedRelease;
  readonly lists: readonly PackageList[];
}

async function openSuite(
  suite: Suite,
  request: ArchiveRequest,
  fetching: IndexOptions,
): Promise<Result<OpenedSuite>> {
  const source = request.archives[suite.archive];
  if (source === undefined)
    return fail(
      unknownArchive(`The suite "${suite.suite}" names the archive "${suite.archive}"`, request.archives),
    );
  const release = await fetchRelease(suite, { ...source, now: request.now ?? new Date() }, fetching);
  if (!release.ok) return release;
  const wanted = (request.components ?? ['main']).flatMap((component) =>
    request.arches.map((arch) => ({ component, arch })),
  );
  const lists = all(
    await Promise.all(wanted.map((index) => fetchIndex(release.value, index, source, fetching))),
  );
  return lists.ok ? ok({ release: release.value, lists: lists.value }) : lists;
}

/** Returns a failure about an archive that is not configured; `what` is the start of its sentence. */
export function unknownArchive(what: string, archives: ArchiveSources): Failure {
  return {
    code: 'unknown-reference',
    message: `${what}, which is not configured.`,
    hint: `Add it under "debian": { "archives": … } in nx.json. Configured are: ${Object.keys(archives).sort().join(', ')}.`,
  };
}

function stateOf(suites: readonly OpenedSuite[], arches: readonly Arch[]): Result<ArchiveState> {
  const lists = suites.flatMap((suite) => suite.lists);
  const indexes = all(arches.map((arch) => indexOf(lists.filter((list) => list.arch === arch))));
  if (!indexes.ok) return indexes;
  const byArch = new Map(arches.map((arch, position) => [arch, indexes.value[position]]));
  const releases = suites.map(({ release: { archive, suite, sha256, release } }) => ({
    archive,
    suite,
    sha256,
    date: release.date,
  }));
  return ok({
    releases,
    time: Math.max(...releases.map((release) => release.date)),
    lists,
    inReleases: suites.map((suite) => suite.release),
    packages(arch) {
      const index = byArch.get(arch);
      if (index === undefined) throw new Error(`the archive was not opened for ${arch}`);
      return index;
    },
  });
}

function indexOf(lists: readonly PackageList[]): Result<PackageIndex> {
  const parsed = lists.map((list) => {
    const { packages, broken } = parsePackages(list.content, list.archive);
    if (broken === 0) return ok(packages);
    return fail({
      code: 'archive-format',
      message: `${broken} packages of ${list.archive} ${list.suite} lack a field that every package must have.`,
      hint: 'Report it to the operator of the archive: the signature of the list is valid.',
    });
  });
  const packages = all(parsed);
  return packages.ok ? ok(indexPackages(packages.value.flat())) : packages;
}
