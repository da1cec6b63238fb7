export * from './debian';
export * from './http';
