export { scanImage, scanWith, type Scanned, type ScanRules } from './scan-image';
