export * from './outcome';
export * from './server';
