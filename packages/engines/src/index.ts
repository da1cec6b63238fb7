export * from './caches';
export * from './choice';
export * from './port';
export { checkPlatform } from './platforms';
