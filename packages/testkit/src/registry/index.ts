export * from './proxy';
export * from './read';
export * from './real';
