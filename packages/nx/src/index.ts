import { remoteCacheHooks } from './remote-cache';

export { createDependencies } from './edges';
export { createNodes } from './nodes';
export type { PluginOptions } from './options';

/** The plugin's name, which Nx shows with what it inferred. */
export const name = '@image-tooling/nx';

/** Undefined in a workspace without a remote cache. */
export const { preTasksExecution, postTasksExecution } = remoteCacheHooks(process.cwd(), process.env);
