export * from './archive';
export * from './dagger';
export * from './engine-contract';
export * from './go';
export * from './interop';
export * from './network';
export * from './registry';
export * from './workspace';
