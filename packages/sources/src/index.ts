export * from './debian';
export * from './http';
export * from './go';
