export * from './policy';
export { BUNDLE_MEDIA_TYPE } from './sign/bundle';
export * from './sign/key-file';
export { openSigner } from './sign/open';
export type * from './sign/signer';
export * from './simple-signing/payload';
export * from './statement/predicate-types';
export { statementBytes, type Statement } from './statement/statement';
export { openVerifier, type VerifiedStatement, type Verifier } from './verify/verifier';
export type { Dependency } from './predicates/dependency';
export { BUILD_TYPE, provenance, type ProvenanceInput } from './predicates/provenance';
export { testResult } from './predicates/test-result';
export {
  vulnerabilityScan,
  type AttachedScan,
  type ScannedFinding,
  type VulnerabilityScan,
} from './predicates/vulnerability-scan';
export { newestScan, withoutOlderScans } from './verdict/newest-scan';
export { claimsOf, verificationSummary, type SummaryInput } from './summary/verification-summary';
export { builtFrom, type BuiltFrom } from './verdict/built-from';
export { recipeIn } from './verdict/recipe';
export { summaryOf, testOutcome } from './verdict/summaries';
export * from './verdict/types';
export { isNewer, verificationOf, verificationsIn, type Verification } from './verdict/verification';
export { verdictLines, worstOf } from './verdict/verdict';
