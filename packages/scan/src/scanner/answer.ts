import type { Severity } from '@image-tooling/model';

/** A vulnerability that a scanner found in a package. */
export interface ScannerMatch {
  /** Package URL, as `purlKey` writes it. */
  readonly purl: string;
  readonly id: string;
  /** Other ids of the same vulnerability. */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly title: string;
  /** Versions that fix it, as the scanner states them; empty if none does. */
  readonly fixedIn: readonly string[];
}

/** What a scanner said of an SBOM. */
export interface ScannerAnswer {
  readonly version: string;
  /** Package URLs of all packages that it read, as `purlKey` writes them. */
  readonly read: ReadonlySet<string>;
  readonly matches: readonly ScannerMatch[];
}
