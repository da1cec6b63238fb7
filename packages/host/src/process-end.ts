export * from './bugs';
export * from './output-errors';
