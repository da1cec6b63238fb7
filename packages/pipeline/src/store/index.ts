export { exportStore, type ExportedStore, type ExportRequest } from './archive/export';
export { importStore, type ImportedStore } from './archive/import';
export { listStore, type ListedImage, type ListedStore, type ListedTool } from './list';
export { pruneStore, type Freed, type FreedKind, type PrunedStore, type StorePruneRequest } from './prune';
export { KEEP_DAYS, type StoreRun } from './run';
export { storeUsage, type KindUsage } from './prune/usage';
export { verifyStore, type VerifiedStore } from './verify';
