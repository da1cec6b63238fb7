/** The server to download from instead of the vendor's, for tests. */
export interface DownloadPlace {
  readonly archive: string;
  readonly checksums: string;
  /** Seconds without a byte until the download fails. */
  readonly idleSeconds?: number;
}
