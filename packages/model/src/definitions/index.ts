export { compilePattern, isRunCheck, type Check, type FileCheck, type RunCheck } from './check';
export { NAME } from './fields';
export {
  imageSchema,
  type ImageConfigDefinition,
  type ImageDefinition,
  type ImageDirectory,
  type ImageUser,
} from './image';
export * from './locks';
export {
  optionsSchema,
  TOOL_SOURCES,
  type DebianOptions,
  type ToolSource,
  type WorkspaceOptions,
} from './options';
export * from './parse';
export { bytesOf } from './size';
export * from './template';
export * from './tool';
