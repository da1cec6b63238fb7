export { cleanFailures } from './failures';
export { watchedFolder, type WatchedFolder } from './folder';
export { fuzz, type FuzzTarget } from './fuzz';
export { mutatedBytes, mutatedJson, mutatedLines } from './mutated';
export { mutatedValues } from './mutated-values';
export type { FuzzLength } from './settings';
