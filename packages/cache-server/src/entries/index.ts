export { Entries } from './entries';
export type { FoundEntry } from './found';
export {
  DAMAGED,
  HASH,
  kindOf,
  namedNamespace,
  ownNamespace,
  trustedNamespace,
  type Kind,
  type Namespace,
} from './namespaces';
export { purge, type Purged, type PurgeWish } from './purge';
export { receive, removeLeftFiles, TooLarge, type Received } from './received';
export { sweep, type SweepLimits, type SweepResult } from './sweep';
export { Usage } from './usage';
export type { Writer } from './writer';
