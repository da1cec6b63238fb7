export { lockScannerDatabases } from './lock';
export { scannerResult } from './result';
