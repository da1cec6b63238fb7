import type { Finding } from '../finding';
import {
  debianFindings,
  endOfLifeFindings,
  joinedFindings,
  osvFindings,
  scannerFindings,
  type MatchesByLayer,
} from '../match';
import { fixesFor } from '../release-fixes';
import type { UsedScanner } from '../report/types';
import type { ScannerMatch } from '../scanner';
import type { ScanSubject } from '../subject';
import type { VulnerabilityData } from '../vulnerability-data';

/** What a scanner found, and in which database. */
export interface ScannerResult {
  readonly used: UsedScanner;
  /** Checked by `checkedMatches`. */
  readonly matches: readonly ScannerMatch[];
}

/** Where vulnerabilities are looked up. */
export interface KnownVulnerabilities {
  readonly data: VulnerabilityData;
  /** What Go's database in it says of the image's modules. */
  readonly matches: MatchesByLayer;
  /** What a scanner found in addition, if one was run. */
  readonly scanner: ScannerResult | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Returns the vulnerabilities of an image, and the end of its distribution. */
export function findingsInData(
  subject: ScanSubject,
  { data, matches, scanner, now }: KnownVulnerabilities,
): Finding[] {
  const debian = fixesFor(subject, data);
  const known = [...osvFindings(subject, matches), ...(debian ? debianFindings(subject, debian) : [])];
  return [
    ...(scanner ? joinedFindings(known, scannerFindings(subject, scanner.matches)) : known),
    ...(debian ? endOfLifeFindings(subject, debian, now) : []),
  ];
}
