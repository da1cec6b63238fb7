export { whyProject, type ProjectInput } from './project';
export { whyLines } from './text';
export * from './types';
