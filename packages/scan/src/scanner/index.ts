export type { ScannerAnswer, ScannerMatch } from './answer';
export { canariesOf } from './canaries';
export { checkedMatches } from './check';
export { grypeAnswer } from './grype';
export { SCANNER_NAMES, SCHEMA_VERSIONS } from './names';
export { trivyAnswer } from './trivy';
