export { createDependencies } from './edges';
export { createNodes } from './nodes';
export type { PluginOptions } from './options';

/** The plugin's name, as Nx shows it beside what it inferred. */
export const name = '@image-tooling/nx';
