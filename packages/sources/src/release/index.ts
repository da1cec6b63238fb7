export { releaseFailed, vendorHasNone, type UnreachedTool } from './failures';
export {
  downloadRelease,
  fetchRelease,
  keepRelease,
  type LockedRelease,
  type ReleaseAddress,
  type ReleaseFetch,
} from './fetch';
export {
  decoded,
  listPublished,
  versionPage,
  type PublishedVersion,
  type VersionFetch,
  type VersionPage,
} from './versions';
export { releasePlaces, type Mirrors } from './places';
