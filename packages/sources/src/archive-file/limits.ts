/** The limits of an archive. */
export interface ArchiveLimits {
  /** Bytes of all its contents, unpacked. */
  readonly unpackedBytes: number;
  /** How many times larger than the archive its contents may be, once they exceed `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
  readonly entries: number;
  /** Bytes of a path. */
  readonly pathBytes: number;
}

/**
 * The largest command-line tools unpack to some 2 GB and 30,000 files, at most ten times their archive; a
 * bomb is a thousand times larger than its archive (deflate's own limit is 1032). 4096 is Linux's PATH_MAX.
 */
export const ARCHIVE_LIMITS: ArchiveLimits = {
  unpackedBytes: 4 * 1024 ** 3,
  ratio: 200,
  ratioFromBytes: 16 * 1024 ** 2,
  entries: 200_000,
  pathBytes: 4096,
};

/** Returns how many bytes an archive of `size` bytes may unpack to. */
export function mostUnpacked(size: number, limits: ArchiveLimits): number {
  return Math.min(limits.unpackedBytes, Math.max(limits.ratioFromBytes, size * limits.ratio));
}
