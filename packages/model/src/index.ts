export * from './canonical';
export * from './digest';
export * from './failure';
export * from './layer';
export * from './platform';
export * from './progress';
export * from './result';
export * from './plan';
