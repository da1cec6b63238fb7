import { counted, dayOf } from '@image-tooling/model';
import { SCANNER_NAMES } from '../scanner';
import { STATUSES, type JudgedFinding, type Status } from '../finding';
import type { ScanReport } from './types';

/** What reports call each status. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  failing: 'failing',
  expired: 'with an expired ignore',
  'not-fixable': 'without a fix',
  accepted: 'below the limit',
  ignored: 'ignored',
  inherited: 'inherited',
  'not-affected': 'not affected',
};

/** What the gate says of one finding. */
export const VERDICT_WORDS: Readonly<Record<Status, string>> = {
  ...STATUS_WORDS,
  failing: 'FAILS',
  expired: 'FAILS',
  'not-fixable': 'no fix',
};

/** Returns who decides again, for findings whose ignore has expired. */
export function expiredLines(findings: readonly JudgedFinding[]): string[] {
  return findings.flatMap(({ status, id, ignore }) => {
    if (status !== 'expired' || !ignore) return [];
    const { place, expires, owner } = ignore;
    return [
      `${place.file}:${place.line ?? 1}: the ignore of ${id} expired on ${expires}; ${owner} decides again.`,
    ];
  });
}

/** Returns the result and the number of findings of each status: "passed: 2 ignored, 15 not affected". */
export function countsLine({ passed, counts, data }: ScanReport): string {
  const parts = STATUSES.filter((status) => counts[status] > 0).map(
    (status) => `${counts[status]} ${STATUS_WORDS[status]}`,
  );
  const result = passed ? 'passed' : 'FAILED';
  const found = parts.length > 0 ? parts.join(', ') : 'no findings';
  return `${result}: ${found}${data.database === 'none' ? ', vulnerabilities not scanned' : ''}`;
}

/** Returns what a report's vulnerabilities were looked up in, and of which day it is. */
export function dataLine({ data }: Pick<ScanReport, 'data'>): string {
  if (data.database === 'none') return 'Vulnerabilities were not scanned: scan.json says "database": "none".';
  const { go, debian, scanner } = data;
  const parts = [
    ...(go ? [`Go's vulnerability database of ${dayOf(go.time)}`] : []),
    ...(debian ? [`Debian ${debian.suite} of ${dayOf(debian.time)}`] : []),
    ...(scanner ? [`the database of ${SCANNER_NAMES[scanner.name]} of ${dayOf(scanner.time)}`] : []),
  ];
  return parts.length > 0
    ? `Data: ${parts.join(', ')}`
    : 'Data: not needed, no Go modules or Debian packages';
}

/** Returns which secrets are not reported, and how many files were not searched, if any. */
export function secretLines({ secretsLeftOut }: ScanReport): string[] {
  const { published, examples, unopened } = secretsLeftOut;
  const parts = [
    [published, 'in unchanged files of Debian packages'],
    [examples, 'in tests and manuals of tools'],
    [unopened, 'compressed files not opened'],
  ] as const;
  const found = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  return found.length > 0 ? [`Secrets left out: ${found.join(', ')}`] : [];
}

/** Returns what no data tells of, if anything. */
export function coverageLines({ notCovered }: Pick<ScanReport, 'notCovered'>): string[] {
  if (notCovered.length === 0) return [];
  const lists = notCovered.join(', ');
  return [`Not looked up (${counted(notCovered.length, 'part')} without data): ${lists}`];
}
