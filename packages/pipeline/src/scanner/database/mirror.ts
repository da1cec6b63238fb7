import type { Result, ScannerDatabase } from '@image-tooling/model';
import type { ScannerLock } from '@image-tooling/scan';
import type { Session } from '../../session';

/** Where a scanner's databases come from. Blobs are put into the store. */
export interface DatabaseMirror {
  /** Returns the newest database, with its blob in the store. */
  newest(session: Session, database: ScannerDatabase): Promise<Result<ScannerLock>>;
  /** Puts the blob of a locked database into the store. Fails with `checksum` or `gone` if the mirror has another one. */
  pull(session: Session, lock: ScannerLock): Promise<Result<void>>;
}
