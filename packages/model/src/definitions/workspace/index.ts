export { ancestorsOf, chainOf, parentName } from './chain';
export { checkWorkspace } from './check';
export { checkLocks } from './locks';
export { namesBelow } from './names-below';
export { readWorkspace, type FileText, type WorkspaceFiles } from './read';
export type { Entry, Image, ImageEntry, Tool, Workspace, WorkspaceEntries } from './types';
export { checkToolLock } from './tool-locks';
