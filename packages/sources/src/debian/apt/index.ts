export * from './parent-changed';
export * from './resolve';
export { parseAptResolution, type AptAction } from './simulation';
export * from './write-lists';
