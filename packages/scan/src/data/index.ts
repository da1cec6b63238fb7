export { ageFailures, scannerAgeFailures, type AgeLimit } from './age';
export {
  parseScanLock,
  SCAN_LOCK,
  scanLockText,
  type DebianLock,
  type ScanLock,
  type ScannerLock,
} from './lock-file';
export { osvEntry } from './osv';
