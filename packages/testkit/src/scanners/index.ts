export { CANARIES, type Advisory } from './advisory';
export { grypeDatabase } from './grype';
export { trivyDatabase } from './trivy';
