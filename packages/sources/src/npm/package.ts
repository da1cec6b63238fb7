/** One package of an npm registry, at one version. */
export interface NpmPackage {
  /** With its scope: "@esbuild/linux-x64". */
  readonly package: string;
  readonly version: string;
}

/** What a lock says about a package's file: enough to have it fetched and to verify it; not where it is. */
export interface LockedNpm extends NpmPackage {
  /** "sha512-" and the hash in base64 (W3C Subresource Integrity), as registries tell it. */
  readonly integrity: string;
  /** Of the same bytes: 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** As people and npm write it: "@esbuild/linux-x64@0.25.0". */
export function npmName({ package: name, version }: NpmPackage): string {
  return `${name}@${version}`;
}
