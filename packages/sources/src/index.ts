export * from './archive-file';
export * from './debian';
export * from './download';
export * from './go';
export * from './npm';
export * from './release';
