export * from './archive';
export * from './engine-contract';
export * from './go';
export * from './workspace';
