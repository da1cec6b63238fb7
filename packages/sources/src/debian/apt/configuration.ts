import type { Arch } from '@image-tooling/model';
import type { Suite } from '../release';

/** A host that can't exist (RFC 2606): apt never connects to it, and only names the lists after it. */
const HOST = 'archive.invalid';

/** Paths below the folder that the lists are mounted at. */
export const LISTS = 'lists';
export const CONFIGURATION = 'apt.conf';
const SOURCES = 'sources.list';
const STATUS = 'status';
const PREFERENCES = 'preferences';

/**
 * The installed version of a package is the only one that apt may take (apt_preferences(5); `now` is dpkg's
 * status).
 */
const KEEP_INSTALLED = 'Package: *\nPin: release a=now\nPin-Priority: 1001\n';

/** Options that let apt replace installed packages. */
export const MAY_REPLACE = ['-o', 'Dir::Etc::Preferences=/dev/null'];

/** What the files of apt say. */
export interface AptFilesOptions {
  /** Where the folder will be mounted in the container. */
  readonly mountAt: string;
  readonly arch: Arch;
  readonly suites: readonly Suite[];
  readonly components: readonly string[];
  /** Content of dpkg's status file. */
  readonly status: string;
}

/** Returns the files of an apt that only uses our lists (apt.conf(5)), by path, without the lists. */
export function aptFiles({
  mountAt,
  arch,
  suites,
  components,
  status,
}: AptFilesOptions): Record<string, string> {
  const sources = suites.map(
    ({ archive, suite }) => `deb [trusted=yes] http://${HOST}/${archive} ${suite} ${components.join(' ')}\n`,
  );
  return {
    [CONFIGURATION]: configuration(mountAt, arch),
    [SOURCES]: sources.join(''),
    [STATUS]: status,
    [PREFERENCES]: KEEP_INSTALLED,
  };
}

/**
 * `trusted=yes` in the sources and no caches on disk: signatures were checked by `openArchive`, the mount is
 * read-only.
 */
function configuration(mountAt: string, arch: Arch): string {
  return `#clear APT::Architectures;
APT::Architecture "${arch}";
APT::Architectures { "${arch}"; };
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Color "false";
Acquire::Languages "none";
Debug::NoLocking "true";
Dir::Etc::SourceList "${mountAt}/${SOURCES}";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "${mountAt}/${PREFERENCES}";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "${mountAt}/${LISTS}";
Dir::State::status "${mountAt}/${STATUS}";
Dir::State::extended_states "/dev/null";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
`;
}

/**
 * The name under which apt looks for a file of a suite: its address with `_` for `/` (apt's URItoFileName).
 */
export function listName({ archive, suite }: Suite, path: string): string {
  const address = `${HOST}/${archive}/dists/${suite}/${path}`;
  return address.replaceAll('_', '%5f').replaceAll('/', '_');
}
