export { archiveLockWith, archiveStateId, type ArchiveLock, type LockedArchiveState } from './archive-lock';
export { compilePattern, isRunCheck, type Check, type FileCheck, type RunCheck } from './check';
export { withToolVersion } from './edit-version';
export { fileText, MOST_BYTES, tooLargeFile, unreadFile, type FileText } from './file-text';
export type { ImageConfigDefinition, ImageDefinition, ImageDirectory, ImageUser } from './image';
export type * from './locks';
export { parseWorkspaceOptions } from './nx-json';
export {
  TOOL_SOURCES,
  type DebianOptions,
  type SigningOptions,
  type ToolSource,
  type WorkspaceOptions,
  optionsSchema,
} from './options';
export * from './package-files';
export * from './parse';
export { bytesOf } from './size';
export * from './release-file';
export { DEFAULT_MAX_AGE, type RemoteCacheFile } from './remote-cache';
export { isLoneProgram, releaseFormat, type ReleaseFormat } from './release-format';
export {
  SCANNERS,
  SEVERITIES,
  UNKNOWN_LICENCE,
  type IgnoreEntry,
  type Justification,
  type ScannerDatabase,
  type ScannerName,
  type ScanPolicyFile,
  type Severity,
} from './scan-policy';
export * from './source-choice';
export type * from './sources';
export {
  escapePattern,
  expandPattern,
  expandTemplate,
  versionValues,
  type Placeholder,
  type TemplateValues,
} from './template';
export type { ToolDefinition } from './tool';
export * from './workspace';
export { jsonSchemas, SCHEMA_VERSION } from './json-schemas';
