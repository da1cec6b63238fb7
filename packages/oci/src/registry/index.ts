export * from './port';
export * from './reference';
export type { RequestRecord } from './transport';
