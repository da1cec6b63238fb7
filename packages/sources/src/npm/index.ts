export { fetchNpm, npmMismatch, packNpm, type NpmFetch, type NpmFile } from './file';
export { npmName, type LockedNpm, type NpmPackage } from './package';
export { listNpmVersions, type NpmVersions } from './versions';
export type { NpmRun } from './run';
