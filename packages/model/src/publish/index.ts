export * from './annotations';
export * from './gate';
export { publishMode, VERSION_VARIABLE, type ModeInput } from './mode';
export { aliasesOf, isVersionTag, releasesFor } from './tags/aliases';
export { tagMoves, tagTaken, type MovesInput, type TakenTag } from './tags/moves';
export { shortCommit, slugOf } from './tags/slug';
export { higherReleases, releaseOf } from './tags/versions';
export { wantedTags, type WantedOptions } from './tags/wanted';
export * from './types';
