export type * from './finding';
export type * from './vulnerability-data';
export * from './secrets';
