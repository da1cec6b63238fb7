import { rm } from 'node:fs/promises';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { SCANNER_NAMES, SCHEMA_VERSIONS, type ScannerLock } from '@image-tooling/scan';
import type { Session } from '../../session';
import type { ScannerSystem } from '../container/system';
import { indexedByGrype } from './grype-index';
import { keepDatabase, keptDatabase } from './kept';
import { MIRRORS } from './mirrors';
import { trivyMetadata } from './trivy-metadata';
import { unpackDatabase } from './unpack';

/**
 * Returns the folder of a locked database, as its scanner expects it: kept in the store, else downloaded. Fails with
 * `scan-invalid` if it can't be downloaded, has another digest than the locked one, is cut off, or of another schema.
 */
export async function ensureDatabase(
  session: Session,
  lock: ScannerLock,
  system: ScannerSystem,
): Promise<Result<string>> {
  const wrong = schemaFailure(lock);
  if (wrong) return fail(wrong);
  const { store, context } = session;
  return store.lock(`database of ${lock.scanner}`, context, async () => {
    const kept = await keptDatabase(store, lock);
    return kept === undefined ? makeDatabase(session, lock, system) : ok(kept);
  });
}

async function makeDatabase(
  session: Session,
  lock: ScannerLock,
  system: ScannerSystem,
): Promise<Result<string>> {
  const { store, context } = session;
  const step = context.progress.step(`${SCANNER_NAMES[lock.scanner]}: database`);
  const pulled = (await isStored(session, lock))
    ? ok(undefined)
    : await MIRRORS[lock.scanner].pull(session, lock);
  const folder = pulled.ok
    ? await store.tempDir('scanner-database')
    : fail(unusable(lock, pulled.failures[0]));
  if (!folder.ok) {
    step.failed();
    return folder;
  }
  try {
    const made = await fill(session, lock, system, folder.value);
    const kept = made.ok ? await keepDatabase(store, lock, folder.value) : made;
    if (kept.ok) step.done({ origin: 'fetched', bytes: lock.size });
    else step.failed();
    return kept;
  } finally {
    await rm(folder.value, { recursive: true, force: true });
  }
}

/** A damaged blob is downloaded again. */
async function isStored({ store, context }: Session, { digest }: ScannerLock): Promise<boolean> {
  if (!(await store.hasBlob(digest))) return false;
  const verified = await store.verifyBlob(digest, context.signal);
  return verified.ok;
}

async function fill(
  session: Session,
  lock: ScannerLock,
  system: ScannerSystem,
  folder: string,
): Promise<Result<void>> {
  if (lock.scanner === 'grype') return indexedByGrype(session, lock, system, folder);
  const unpacked = await unpackDatabase(session, lock, folder);
  if (!unpacked.ok) return unpacked;
  const stated = await trivyMetadata(folder);
  if (!stated.ok) return stated;
  const wrong = schemaFailure({ ...lock, ...stated.value });
  return wrong ? fail(wrong) : ok(undefined);
}

/** Returns a `scan-invalid` failure if our version of the scanner does not read databases of this schema. */
export function schemaFailure({ scanner, schema, mirror }: ScannerLock): Failure | undefined {
  const read = SCHEMA_VERSIONS[scanner];
  if (schema === read) return undefined;
  return {
    code: 'scan-invalid',
    message: `The database of ${SCANNER_NAMES[scanner]} from ${mirror} has schema ${schema}, and ${read} is read.`,
    hint: `Name a mirror of databases with schema ${read} in scan.json, then run: npx image-tooling scan-lock`,
  };
}

/** Returns the reason as `scan-invalid`; an abort and a full disk stay what they are. */
function unusable({ scanner, mirror }: ScannerLock, failure: Failure): Failure {
  const { code, message, hint, details = [] } = failure;
  if (['scan-invalid', 'aborted', 'disk-full'].includes(code)) return failure;
  return {
    code: 'scan-invalid',
    message: `The locked database of ${SCANNER_NAMES[scanner]} can't be downloaded from ${mirror}, and the store does not have it.`,
    hint:
      hint ?? 'Run "npx image-tooling scan-lock" and commit scan.lock.json: mirrors remove old databases.',
    details: [message, ...details],
  };
}
