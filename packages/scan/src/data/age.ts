import type { Failure } from '@image-tooling/model';
import { SCANNER_NAMES } from '../scanner';
import { SCAN_LOCK, type ScanLock, type ScannerLock } from './lock-file';

/** How old data may be. */
export interface AgeLimit {
  /** Days, as `maxAge` of scan.json says. */
  readonly maxAgeDays: number;
  readonly now: Date;
}

const DAY = 24 * 3600;
/** Clocks of servers and this machine may differ. */
const MOST_FUTURE_DAYS = 1;

/** Returns a `scan-invalid` failure for each part of the data that is older than allowed. */
export function ageFailures({ go, debian }: ScanLock, limit: AgeLimit): Failure[] {
  const parts = [
    { name: "Go's vulnerability database", from: 'the Go registry in use', time: go.time },
    ...Object.entries(debian).map(([release, { time }]) => ({
      name: `the archive of Debian ${release}`,
      from: 'the mirror in use',
      time,
    })),
  ];
  return parts.flatMap((part) => tooOld(part, limit) ?? []);
}

/** Returns a `scan-invalid` failure if the database of a scanner is older than allowed. */
export function scannerAgeFailures({ scanner, mirror, time }: ScannerLock, limit: AgeLimit): Failure[] {
  const failure = tooOld({ name: `the database of ${SCANNER_NAMES[scanner]}`, from: mirror, time }, limit);
  return failure ? [failure] : [];
}

function tooOld(
  { name, from, time }: { readonly name: string; readonly from: string; readonly time: number },
  { maxAgeDays, now }: AgeLimit,
): Failure | undefined {
  const days = Math.floor((now.getTime() / 1000 - time) / DAY);
  if (days < -MOST_FUTURE_DAYS) return fromFuture(name, -days);
  if (days <= maxAgeDays) return undefined;
  return {
    code: 'scan-invalid',
    message: `${SCAN_LOCK} is too old: ${name} is ${days} days old, and ${maxAgeDays} are allowed.`,
    hint: `Run "npx image-tooling scan-lock" and commit it. If the age stays, ${from} has nothing newer: ask its operator, or raise "maxAge" in scan.json.`,
    place: { file: SCAN_LOCK },
  };
}

function fromFuture(name: string, days: number): Failure {
  return {
    code: 'scan-invalid',
    message: `${SCAN_LOCK} can't be used: ${name} is ${days} days newer than now.`,
    hint: 'Set the clock of this machine, or run "npx image-tooling scan-lock".',
    place: { file: SCAN_LOCK },
  };
}
