export { contentChanges, type ContentChanges, type VersionChange } from './changes';
export { releaseNotes, type PlatformNotes, type ReleaseNotes } from './text';
export {
  vulnerabilityChanges,
  type KnownVulnerability,
  type ScannedVersion,
  type VulnerabilityChanges,
} from './vulnerabilities';
