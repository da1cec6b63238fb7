export * from './archive-file';
export * from './debian';
export * from './http';
export * from './go';
export * from './npm';
export * from './release';
