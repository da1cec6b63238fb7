export { releaseFailed, vendorHasNone, type UnreachedTool } from './failures';
export {
  downloadRelease,
  fetchRelease,
  keepRelease,
  type LockedRelease,
  type ReleaseAddress,
  type ReleaseFetch,
} from './fetch';
export { releasePlaces, type Mirrors } from './places';
