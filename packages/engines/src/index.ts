export * from './choice';
export * from './port';
