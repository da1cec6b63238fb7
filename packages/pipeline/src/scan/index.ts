export { readScanPolicy, SCAN_POLICY, scanPolicyMistakes } from './policy';
export { scanImage, scanWith, type Scanned, type ScanRules } from './scan-image';
