export { ARCHIVE_LIMITS, type ArchiveLimits } from './limits';
export type { FileRange } from './member';
export { takeFromArchive, type TakeRequest, type Taken, type TakenFiles } from './take';
