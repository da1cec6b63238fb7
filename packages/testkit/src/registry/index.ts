export * from './imitations';
export * from './proxy';
export * from './read';
export * from './real';
export * from './steps';
export * from './tokens';
