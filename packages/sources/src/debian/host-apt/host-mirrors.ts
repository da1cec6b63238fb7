import { originOf } from './list-files';
import { addressesOf } from './mirror-list';
import { readAptSources, type AptSource } from './source-files';
import { archiveOfSuite, type DebianArchive } from './suites';

/** Base addresses by archive, in the order of the host's files. */
export type HostMirrors = Readonly<Record<DebianArchive, readonly string[]>>;

export interface AptConfiguration {
  /** Default `/etc/apt/sources.list`. */
  readonly sourcesList?: string;
  /** Default `/etc/apt/sources.list.d`. */
  readonly sourcesFolder?: string;
  /** apt's folder of fetched lists; default `/var/lib/apt/lists`. */
  readonly listsFolder?: string;
}

/**
 * Returns the mirrors of Debian's archives that the host's apt is configured with, without those of other
 * distributions and of vendors. A mirror has the packages of all releases, so one for bookworm also serves
 * trixie. The host may lack apt.
 */
export async function hostMirrors(configuration: AptConfiguration = {}): Promise<HostMirrors> {
  const {
    sourcesList = '/etc/apt/sources.list',
    sourcesFolder = '/etc/apt/sources.list.d',
    listsFolder = '/var/lib/apt/lists',
  } = configuration;
  const sources = await readAptSources(sourcesList, sourcesFolder);
  const mirrors = await Promise.all(sources.map((source) => mirrorsOf(source, listsFolder)));
  const addresses = (archive: DebianArchive): string[] => [
    ...new Set(mirrors.flat().flatMap((mirror) => (mirror.archive === archive ? [mirror.uri] : []))),
  ];
  return { debian: addresses('debian'), 'debian-security': addresses('debian-security') };
}

interface HostMirror {
  readonly archive: DebianArchive;
  readonly uri: string;
}

async function mirrorsOf(source: AptSource, listsFolder: string): Promise<HostMirror[]> {
  const suites = source.suites.flatMap((suite) => {
    const archive = archiveOfSuite(suite);
    return archive === undefined ? [] : [{ archive, suite }];
  });
  if (suites.length === 0) return [];
  const uris = (await addressesOf(source.uri, listsFolder)).filter((uri) => /^https?:\/\//i.test(uri));
  const mirrors = suites.map(async ({ archive, suite }) => {
    const origin = await originOf(source.uri, suite, listsFolder);
    const isDebian = (uri: string): boolean =>
      origin === undefined ? looksLikeDebian(source, uri, archive) : DEBIAN.has(origin);
    return uris.filter(isDebian).map((uri) => ({ archive, uri }));
  });
  return (await Promise.all(mirrors)).flat();
}

/** The values of Origin in Debian's InRelease files. */
const DEBIAN: ReadonlySet<string> = new Set(['Debian', 'Debian Backports']);

/**
 * Returns whether a source is Debian's own archive according to its configuration. Vendors name suites after
 * Debian's releases too: `https://vendor.example/linux/debian trixie stable`, `https://vendor.example/apt
 * stable main`.
 */
function looksLikeDebian({ components, signedBy }: AptSource, uri: string, archive: DebianArchive): boolean {
  if (!components.some((component) => component.split('/').at(-1) === 'main')) return false;
  if (!mayBeDebiansKeys(signedBy)) return false;
  return archive === 'debian-security' || uri.endsWith('/debian');
}

/**
 * Debian's keys are in files such as `debian-archive-keyring.gpg`. A key or fingerprint has no name to check.
 */
function mayBeDebiansKeys(signedBy: string): boolean {
  if (signedBy.includes('BEGIN PGP')) return true;
  const files = signedBy.split(/[\s,]+/).filter((key) => key.startsWith('/'));
  return files.length === 0 || files.some((file) => /debian[^/]*$/i.test(file));
}
