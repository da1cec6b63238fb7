import { compareDebianVersions } from '@image-tooling/model';

/** The first line of an entry: "openssl (3.5.4-1) unstable; urgency=medium" (deb-changelog(5)). */
const ENTRY = /^\S+ \(([^()\s]+)\)[^;]*;/;
const CVE = /\bCVE-\d{4}-\d{4,}\b/gi;

/**
 * Returns each CVE that a Debian changelog names, with the lowest version that has the fix: of the entry that names it
 * first, or of a newer entry with a lower version ("3.5.4-1~deb13u1" after "3.5.4-1"). Changelogs are prose: a later
 * entry that names it again, such as one that drops its patch, doesn't count.
 */
export function fixesIn(changelog: string): Map<string, string> {
  const fixes = new Map<string, string>();
  let lowest: string | undefined;
  for (const line of changelog.split('\n')) {
    // Entries are newest first.
    lowest = lower(lowest, ENTRY.exec(line)?.[1]);
    if (lowest === undefined) continue;
    for (const [id] of line.matchAll(CVE)) fixes.set(id.toUpperCase(), lowest);
  }
  return fixes;
}

function lower(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareDebianVersions(b, a) < 0 ? b : a;
}

/** Returns whether a text is the changelog of a version of a source package: upstream's own are other texts. */
export function isChangelogOf(text: string, version: string): boolean {
  return ENTRY.exec(text)?.[1] === version;
}

/**
 * Returns the path of the changelog in a package of a source version. Native packages, whose versions have no revision,
 * have it where others have upstream's (dh_installchangelogs(1)).
 */
export function changelogPath(name: string, sourceVersion: string): string {
  const file = sourceVersion.includes('-') ? 'changelog.Debian.gz' : 'changelog.gz';
  return `usr/share/doc/${name}/${file}`;
}
