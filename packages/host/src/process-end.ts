export * from './bugs';
export * from './color';
export * from './output-errors';
