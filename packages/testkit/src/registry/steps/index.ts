export { clockOff } from './clock';
export { referrersApi, referrersLie, type ReferrersApiOptions } from './referrers';
export { pagedTags } from './tags';
export { resumableUploads } from './uploads';
