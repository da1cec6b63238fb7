export { pathExplanationLines } from './text';
export * from './types';
