export * from './data';
export type * from './finding';
export type * from './vulnerability-data';
