export { ageFailures, type AgeLimit } from './age';
export { parseScanLock, SCAN_LOCK, scanLockText, type DebianLock, type ScanLock } from './lock-file';
export { osvEntry } from './osv';
