export * from './data';
export type * from './finding';
export { isFailing, type Counts } from './gate';
export { mergePolicies, type ScanPolicy } from './policy/merge';
export { scanFindingsSchema, type ScanFindings } from './report/findings';
export { scanHtml } from './report/html';
export { sarifLog } from './report/sarif';
export { scanTable } from './report/table';
export type * from './report/types';
export { countsLine } from './report/words';
export type { ScannerResult } from './scan/findings-in-data';
export { scan, type ScanInput } from './scan/scan';
export * from './scanner';
export type * from './subject';
export { changesSince, comparable, type Changes, type EarlierFinding } from './rescan/changes';
export { rescan, rescanSubject, type RescanInput, type RescanReport } from './rescan/rescan';
export { rescanTable, type RescannedImage } from './rescan/table';
export { vexVerdicts, type VexVerdicts } from './vex/read-openvex';
export { openVex, type VexOrigin } from './vex/openvex';
export type * from './vulnerability-data';
export * from './secrets';
export { bringerOf } from './origin';
export { OsvDatabase, type OsvEntry } from './osv-database';
export {
  comparedModules,
  entriesAbout,
  layersWithModules,
  matchesOf,
  matchesOfImage,
  matchesOfRecord,
  packagesOf,
  recordOfMatches,
  type Compared,
  type MatchesByLayer,
  type ModuleMatch,
} from './match';
