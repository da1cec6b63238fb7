export { newerVersions, waitsUntil, type NewerVersions } from './choose';
export { versionsInText } from './matches';
export { changedPackages, type PackageChange, type PlatformLocks } from './packages';
export { updatePolicy, type UpdatePolicy } from './policy';
export { imagesWithTool } from './reach';
export { compareToolVersions, isToolVersion } from './versions';
