export { contentKey, sha256OfContentKey } from './object/content-key';
export { isKey } from './object/key';
export { openObjectStore, type OpenOptions } from './open';
export { openFolderStore } from './folder';
export type { ListedObject, NewObject, ObjectStore, StoredObject } from './object/port';
export { bytesObject, fileObject } from './object/new-object';
export { openS3Store, S3_TIMINGS, type S3Options } from './s3';
