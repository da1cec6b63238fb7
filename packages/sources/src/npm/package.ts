/** One package of an npm registry, at one version. */
export interface NpmPackage {
  /** With its scope: "@esbuild/linux-x64". */
  readonly package: string;
  readonly version: string;
}

/** A package's file in a lock: enough to fetch and verify it; without its address. */
export interface LockedNpm extends NpmPackage {
  /** "sha512-" and the hash in base64 (W3C Subresource Integrity), as registries report it. */
  readonly integrity: string;
  /** Of the same bytes: 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Returns the name in npm's notation: "@esbuild/linux-x64@0.25.0". */
export function npmName({ package: name, version }: NpmPackage): string {
  return `${name}@${version}`;
}
