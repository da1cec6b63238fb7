import { compare, gt, valid } from 'semver';
import { majorTag, minorTag, releaseOf, versionOf } from './versions';

/**
 * Returns the tags that follow a release, in the order in which they are written: `1.2`, `1`, `latest`. Of
 * 0.y.z not `0`: anything may change between 0.1 and 0.2 (SemVer 2.0.0, item 4), so such a tag would be
 * misleading. A pre-release moves none.
 */
export function aliasesOf(text: string): string[] {
  const version = versionOf(text);
  if (version.prerelease.length > 0) return [];
  return [minorTag(version), ...(version.major === 0 ? [] : [majorTag(version)]), 'latest'];
}

/** Returns whether a tag is a version, also a pre-release: it is written once. */
export function isVersionTag(tag: string): boolean {
  return valid(tag) === tag;
}

/** Returns the releases among `tags` that an alias (`latest`, `1`, `1.2`) may lead to, the highest first. */
export function releasesFor(alias: string, tags: readonly string[]): string[] {
  return tags
    .flatMap((tag) => releaseOf(tag) ?? [])
    .filter((release) => aliasesOf(release.version).includes(alias))
    .sort((a, b) => compare(b, a))
    .map((release) => release.version);
}

/** Returns the releases among `tags` that an alias of `version` leads to before it, the highest first. */
export function higherReleases(alias: string, version: string, tags: readonly string[]): string[] {
  return releasesFor(alias, tags).filter((release) => gt(release, version));
}
