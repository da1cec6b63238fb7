export { loadCacheSettings, type CacheSettings } from './config/settings';
export { refusedHeader, type Expected } from './entry/check';
export { FIRST_LINE, headerBytes, type EntryFields, type EntryHeader } from './entry/header';
export { readEntry, type ReadEntry } from './entry/read';
export { signedHeader, type EntrySigner } from './entry/sign';
export { openLayerCache, type LayerCache } from './layers/layer-cache';
export { runCommand } from './command/main';
export { afterTasks, beforeTasks, startEarly, type HookOptions, type RunContext } from './run/hooks';
