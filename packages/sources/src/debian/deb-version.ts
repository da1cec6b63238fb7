/**
 * Returns the upstream part of a Debian version (Debian policy 5.6.12): without the epoch before it and the
 * revision after it.
 */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
}

/** The suffix of an upstream version whose sources Debian had to change: "+dfsg1", "~ds". */
const REPACKED = /[+~.-](?:dfsg|ds|debian|repack)[\d.]*$/;

/** Returns the upstream version without Debian's suffix for changed sources. */
export function shortUpstream(version: string): string {
  return upstreamVersion(version).replace(REPACKED, '');
}

/** Returns whether a package's version is of an upstream version, with or without Debian's suffix. */
export function isOfUpstream(version: string, upstream: string): boolean {
  return upstreamVersion(version) === upstream || shortUpstream(version) === upstream;
}
