export * from './archive';
export * from './engine-contract';
export * from './workspace';
