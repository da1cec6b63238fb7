import { fail, failWith, ok, type Failure, type Result, type ScannerDatabase } from '@image-tooling/model';
import {
  checkedMatches,
  SCAN_LOCK,
  SCANNER_NAMES,
  scannerAgeFailures,
  type AgeLimit,
  type ScannerLock,
  type ScannerResult,
  type ScanSubject,
} from '@image-tooling/scan';
import type { Session } from '../session';
import { readScanLock } from '../scan-lock';
import { askScanner } from './ask';
import { ensureDatabase } from './database/ensure';
import { scannerSystem } from './container/system';

/**
 * Returns what a scanner finds in an image by its SBOM, in the locked database. Fails with `scan-invalid` if that can't
 * be had as it is locked, is too old, or if the scanner did not understand the SBOM; see `checkedMatches`.
 */
export async function scannerResult(
  session: Session,
  database: ScannerDatabase,
  subject: ScanSubject,
  limit: AgeLimit,
): Promise<Result<ScannerResult>> {
  const lock = await lockOf(session, database);
  if (!lock.ok) return lock;
  const old = scannerAgeFailures(lock.value, limit);
  if (old.length > 0) return failWith(old);
  const system = await scannerSystem(session, database);
  if (!system.ok) return system;
  const folder = await ensureDatabase(session, lock.value, system.value);
  if (!folder.ok) return folder;
  const { scanner } = database;
  const answer = await askScanner(session, { scanner, database: folder.value, subject }, system.value);
  if (!answer.ok) return answer;
  const matches = checkedMatches(SCANNER_NAMES[scanner], subject, answer.value);
  if (!matches.ok) return matches;
  const { digest, time } = lock.value;
  return ok({ matches: matches.value, used: { name: scanner, version: answer.value.version, digest, time } });
}

async function lockOf({ root }: Session, { scanner, mirror }: ScannerDatabase): Promise<Result<ScannerLock>> {
  const locked = await readScanLock(root);
  if (!locked.ok) return locked;
  const found = locked.value.scanners?.find((one) => one.scanner === scanner && one.mirror === mirror);
  return found ? ok(found) : fail(notLocked(SCANNER_NAMES[scanner], mirror));
}

function notLocked(name: string, mirror: string): Failure {
  return {
    code: 'scan-invalid',
    message: `${SCAN_LOCK} has no database of ${name} from ${mirror}.`,
    hint: `Run "npx image-tooling scan-lock" and commit ${SCAN_LOCK}.`,
    place: { file: SCAN_LOCK },
  };
}
