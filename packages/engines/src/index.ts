export * from './caches';
export * from './open/choice';
export * from './port';
export { checkPlatform } from './platforms';
export { runEmbedded } from './open/embedded';
export type { Session as ShellSession } from './session/port';
