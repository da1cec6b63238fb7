export * from './caches';
export * from './choice';
export * from './port';
export { checkPlatform } from './platforms';
export { runEmbedded } from './session/open';
export type { Session as ShellSession } from './session/port';
