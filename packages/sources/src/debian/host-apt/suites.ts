/** Debian's archives for which hosts may have mirrors. */
export type DebianArchive = 'debian' | 'debian-security';

/**
 * The names of Debian's releases below `dists/`: code names of the releases since 2011 and of the next two
 * (www.debian.org/releases), sid, and their aliases.
 */
const RELEASES = [
  ...['squeeze', 'wheezy', 'jessie', 'stretch', 'buster', 'bullseye', 'bookworm', 'trixie', 'forky', 'duke'],
  ...['sid', 'unstable', 'testing', 'stable', 'oldstable', 'oldoldstable', 'experimental', 'rc-buggy'],
];

/** The suffix of a release's name, and the archive of such suites. `/updates`: security, before 2021. */
const SUFFIXES: Readonly<Record<string, DebianArchive>> = {
  '': 'debian',
  '-updates': 'debian',
  '-proposed-updates': 'debian',
  '-backports': 'debian',
  '-backports-sloppy': 'debian',
  '-security': 'debian-security',
  '/updates': 'debian-security',
};

const ARCHIVE_BY_SUITE = new Map(
  RELEASES.flatMap((release) =>
    Object.entries(SUFFIXES).map(([suffix, archive]) => [release + suffix, archive] as const),
  ),
);

/**
 * Returns the archive of Debian's that has this suite; undefined for another distribution's
 * ("noble-security").
 */
export function archiveOfSuite(suite: string): DebianArchive | undefined {
  return ARCHIVE_BY_SUITE.get(suite);
}
