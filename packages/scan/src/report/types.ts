import type { Digest, Platform, ScannerName } from '@image-tooling/model';
import type { JudgedFinding } from '../finding';
import type { Counts } from '../gate';
import type { NotReported } from '../secrets';

/** A scanner that was run, and its database. */
export interface UsedScanner {
  readonly name: ScannerName;
  /** As it states it. */
  readonly version: string;
  /** Of its database, as the mirror has it. */
  readonly digest: Digest;
  /** When its database was made, in seconds since the epoch. */
  readonly time: number;
}

/** The vulnerability data of a scan; `none`: the workspace says that it has none, so nothing was looked up. */
export type ScanData =
  | { readonly database: 'none' }
  | {
      readonly database: 'registries';
      /** Go's vulnerability database; time in seconds since the epoch. */
      readonly go?: { readonly version: string; readonly time: number };
      readonly debian?: { readonly suite: string; readonly time: number };
      readonly scanner?: UsedScanner;
    };

/** scan.json in dist: what a scan of one image on one platform found. */
export interface ScanReport {
  readonly scanVersion: 1;
  readonly image: string;
  readonly platform: Platform;
  /** Digest of the image that was scanned. */
  readonly manifest: Digest;
  /** The day of the scan (UTC), which decides what has expired. */
  readonly day: string;
  readonly passed: boolean;
  readonly data: ScanData;
  /** Kinds of components whose vulnerabilities no data tells. */
  readonly notCovered: readonly string[];
  /** Secrets that are public, and files that were not opened. */
  readonly secretsLeftOut: NotReported;
  readonly counts: Counts;
  /** Failing ones first; then by owner, component and id. */
  readonly findings: readonly JudgedFinding[];
}
