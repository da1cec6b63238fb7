/**
 * The upstream part of a Debian version (Debian policy 5.6.12): without the epoch before it and the revision after it.
 */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
}

/** What Debian adds to an upstream version whose sources it had to change: "+dfsg1", "~ds". */
const REPACKED = /[+~.-](?:dfsg|ds|debian|repack)[\d.]*$/;

/** The same without what Debian adds for sources that it had to change. */
export function shortUpstream(version: string): string {
  return upstreamVersion(version).replace(REPACKED, '');
}

/** Whether a package's version is of an upstream version, as it stands or as Debian repacked it. */
export function isOfUpstream(version: string, upstream: string): boolean {
  return upstreamVersion(version) === upstream || shortUpstream(version) === upstream;
}
