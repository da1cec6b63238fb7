import { failWith, type Result } from '@image-tooling/model';
import { parseScanLock, SCAN_LOCK, type ScanLock } from '@image-tooling/scan';
import { readFileText } from './workspace/file-text';

/** Reads scan.lock.json. Fails as `parseScanLock` does. */
export async function readScanLock(root: string): Promise<Result<ScanLock>> {
  const file = await readFileText(root, SCAN_LOCK);
  return file?.failure ? failWith([{ ...file.failure, code: 'scan-invalid' }]) : parseScanLock(file?.text);
}
