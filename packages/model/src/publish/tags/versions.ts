import { compare, parse, type SemVer } from 'semver';

/** A tag as the version of a release, `x.y.z`; undefined for all others, pre-releases (`1.2.3-rc.1`) among them. */
export function releaseOf(tag: string): SemVer | undefined {
  const version = parse(tag);
  return version !== null && version.version === tag && version.prerelease.length === 0 ? version : undefined;
}

/** A version that is known to be one. */
export function versionOf(text: string): SemVer {
  const version = parse(text);
  if (version === null) throw new Error(`${text} passed for a version`);
  return version;
}

/** The tag that follows a version's newest patch: `1.2`. */
export function minorTag({ major, minor }: SemVer): string {
  return `${major}.${minor}`;
}

/** The tag that follows a version's newest minor: `1`. */
export function majorTag({ major }: SemVer): string {
  return `${major}`;
}

/** The releases among `tags` that are higher than `version` and move `tag` (`latest`, `1`, `1.2`), the highest first. */
export function higherReleases(tag: string, version: string, tags: readonly string[]): string[] {
  const own = versionOf(version);
  return tags
    .flatMap((candidate) => releaseOf(candidate) ?? [])
    .filter((release) => moves(release, tag) && compare(release, own) > 0)
    .sort((a, b) => compare(b, a))
    .map((release) => release.version);
}

function moves(release: SemVer, tag: string): boolean {
  return tag === 'latest' || tag === majorTag(release) || tag === minorTag(release);
}
