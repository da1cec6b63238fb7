export { readScanPolicy, SCAN_POLICY, scanPolicyMistakes } from './policy';
export { scanImage, scanWith, type Scanned } from './scan-image';
