import { all, fail, ok, type Image, type Result, type ScannerDatabase } from '@image-tooling/model';
import { SCANNER_NAMES, type ScannerLock } from '@image-tooling/scan';
import { readScanPolicy } from '../scan-policy';
import type { Session } from '../session';
import { schemaFailure } from './database/ensure';
import { MIRRORS } from './database/mirrors';

/**
 * Returns the newest database of each scanner that the scan.json of an image names, downloaded into the store. Fails
 * with all mistakes of these files, and as downloading does.
 */
export async function lockScannerDatabases(
  session: Session,
  images: Iterable<Image>,
): Promise<Result<ScannerLock[]>> {
  const named = await namedDatabases(session, images);
  if (!named.ok) return named;
  return all(await Promise.all(named.value.map((database) => lockDatabase(session, database))));
}

async function namedDatabases(session: Session, images: Iterable<Image>): Promise<Result<ScannerDatabase[]>> {
  const read = all(await Promise.all([...images].map((image) => readScanPolicy(session, image))));
  if (!read.ok) return read;
  const found = new Map<string, ScannerDatabase>();
  for (const policy of read.value)
    if (policy?.scanner)
      found.set([policy.scanner.scanner, policy.scanner.mirror].join('\n'), policy.scanner);
  return ok([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, database]) => database));
}

async function lockDatabase(session: Session, database: ScannerDatabase): Promise<Result<ScannerLock>> {
  const step = session.context.progress.step(`${SCANNER_NAMES[database.scanner]}: newest database`);
  const locked = await MIRRORS[database.scanner].newest(session, database);
  const wrong = locked.ok ? schemaFailure(locked.value) : undefined;
  if (!locked.ok || wrong) {
    step.failed();
    return wrong ? fail(wrong) : locked;
  }
  step.done({ origin: 'fetched', bytes: locked.value.size });
  return locked;
}
