/** Where to download from instead of the vendor's own place: for tests. */
export interface DownloadPlace {
  readonly archive: string;
  readonly checksums: string;
  /** Seconds without a byte after which the download is given up. */
  readonly idleSeconds?: number;
}
