export { fetchNpm, npmMismatch, packNpm, type NpmFetch, type NpmFile } from './file';
export { npmName, type LockedNpm, type NpmPackage } from './package';
export type { NpmRun } from './run';
