export { ARCHIVE_LIMITS, type ArchiveLimits } from './limits';
export type { FileRange, ReadTar } from './member';
export { takeFromArchive, type TakeRequest, type Taken, type TakenFiles } from './take';
