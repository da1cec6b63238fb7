/** A .deb in a lock: enough to fetch and verify it. */
export interface LockedDeb {
  readonly name: string;
  readonly version: string;
  /** `amd64`, `arm64` or `all`. */
  readonly architecture: string;
  /** The archive's name in the lock: `debian`, `debian-security`. */
  readonly archive: string;
  /** Below the archive's base address. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** One stanza of a Packages file. */
export interface ArchivePackage extends LockedDeb {
  readonly depends: string | undefined;
  readonly preDepends: string | undefined;
  readonly provides: string | undefined;
  readonly priority: string | undefined;
  readonly essential: boolean;
  readonly multiArch: string | undefined;
  readonly section: string | undefined;
  /** Name of its source package, with a version in parentheses if that differs; undefined: as its own. */
  readonly source?: string | undefined;
  /** The text of the stanza in the file, without the line feed at its end. */
  readonly raw: string;
}

/** The packages of one architecture (and `all`) over all suites. */
export interface PackageIndex {
  /** All versions by name, newest first; equal versions in the order of the suites. */
  readonly byName: ReadonlyMap<string, readonly ArchivePackage[]>;
  /** Packages that provide a name, with the provided version, if any. */
  readonly providers: ReadonlyMap<string, readonly Provider[]>;
}

export interface Provider {
  readonly package: ArchivePackage;
  readonly version: string | undefined;
}

/** Returns what a lock keeps of a package. */
export function lockedDeb(found: ArchivePackage): LockedDeb {
  const { name, version, architecture, archive, path, size, sha256 } = found;
  return { name, version, architecture, archive, path, size, sha256 };
}
