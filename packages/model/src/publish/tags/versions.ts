import { parse, type SemVer } from 'semver';

/**
 * Returns a tag as the version of a release, `x.y.z`; undefined for all others, pre-releases (`1.2.3-rc.1`)
 * among them.
 */
export function releaseOf(tag: string): SemVer | undefined {
  const version = parse(tag);
  return version !== null && version.version === tag && version.prerelease.length === 0 ? version : undefined;
}

/** Parses a version that was already validated. */
export function versionOf(text: string): SemVer {
  const version = parse(text);
  if (version === null) throw new Error(`${text} is not a version, but was validated as one`);
  return version;
}

/** Returns the tag that follows a version's newest patch: `1.2`. */
export function minorTag({ major, minor }: SemVer): string {
  return `${major}.${minor}`;
}

/** Returns the tag that follows a version's newest minor: `1`. */
export function majorTag({ major }: SemVer): string {
  return `${major}`;
}
